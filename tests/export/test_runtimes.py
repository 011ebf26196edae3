"""Bundles under other runtimes and on another machine: `make test-litert test-arm64`.

The script that runs them, `run_bundle.py`, is tested with the installed runtime.
"""

import os
import pathlib
import shutil
import sys

import numpy as np
import pytest

from export import parity
from export.formats.schemes import SCHEMES
from export.layout import GOLDEN_FILE
from tests.support.paths import ROOT
from tests.support.processes import run_command
from tests.support.run_bundle import FLOAT32_FILE, TOLERANCE

pytestmark = pytest.mark.xdist_group("bundle")
TIMEOUT = 900  # Seconds; long, for emulated machines.
RUNTIMES = ["tflite_runtime", "ai_edge_litert"]
FUTURE = "roll_out/outputs/future"
# A single digit, trained well enough that it moves visibly.
TRAINING = [
    "model.content_encoder=dcgan_unet",
    "model.decoder=dcgan_unet",
    "data.num_digits=1",
    "drnet.epochs=1",
    "drnet.steps_per_epoch=300",
    "drnet.batch_size=8",
    "drnet.learning_rate=0.01",
    "pose.epochs=1",
    "pose.steps_per_epoch=200",
    "pose.learning_rate=0.02",
    "pose.adapt_normalization=true",
]


def run(*command, **environment):
    return run_command(*command, env=os.environ | environment)


def run_bundle(bundle, runtime, *flags, python=(sys.executable,), path=()):
    return run(
        *python,
        "tests/support/run_bundle.py",
        f"--bundle={bundle}",
        f"--runtime={runtime}",
        *flags,
        PYTHONPATH=os.pathsep.join(map(str, [*path, ROOT])),
    )


@pytest.fixture(scope="module")
def trained_bundle(tmp_path_factory):
    """The bundle of the make targets: that of `BUNDLE`, or one of a short training."""
    if "BUNDLE" in os.environ:
        return pathlib.Path(os.environ["BUNDLE"])
    folder = tmp_path_factory.mktemp("trained")
    for module, flags in {
        "keras_drnet.train": ["--preset=tiny", *(f"--override={o}" for o in TRAINING)],
        "export.main": [
            f"--output_dir={folder / 'bundle'}",
            "--formats=tflite",
            f"--quantize={','.join(SCHEMES)}",
            "--force",
        ],
    }.items():
        run_dir = f"--run_dir={folder / 'run'}"
        result = run(sys.executable, "-m", module, run_dir, *flags)
        assert result.returncode == 0, result.stderr
    with np.load(folder / "bundle" / GOLDEN_FILE) as golden:
        movement = np.abs(np.diff(golden[FUTURE], axis=1)).max()
    assert movement > 0.02, "a still video proves little"
    return folder / "bundle"


@pytest.mark.skipif(
    "LITERT_PYTHON" not in os.environ, reason="make test-litert sets LITERT_PYTHON"
)
def test_litert(trained_bundle):
    litert = os.environ["LITERT_PYTHON"]
    result = run_bundle(trained_bundle, "ai_edge_litert", python=[litert])
    print(f"\n{result.stdout}")
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(
    "ARM64_ROOT" not in os.environ, reason="make test-arm64 sets ARM64_ROOT"
)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_arm64(trained_bundle, runtime):
    emulator = "qemu-aarch64-static"
    assert shutil.which(emulator), "apt-get install qemu-user-static"
    root = pathlib.Path(os.environ["ARM64_ROOT"])
    python = [emulator, "-L", root, root / "usr/bin/python3.11"]
    result = run_bundle(trained_bundle, runtime, python=python, path=[root / "site"])
    print(f"\n{result.stdout}")
    assert result.returncode == 0, result.stderr


@pytest.fixture
def copy(bundle, tmp_path):
    """A bundle of one file that a test may damage."""
    pytest.importorskip("tflite_runtime", reason="has no wheel for this Python")
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name in (FLOAT32_FILE, GOLDEN_FILE):
        shutil.copy(bundle / name, folder)
    return folder


def refusal(bundle, *flags):
    result = run_bundle(bundle, "tflite_runtime", *flags)
    assert result.returncode == 1, result.stderr
    return result.stderr


def test_a_whole_bundle_passes(copy):
    result = run_bundle(copy, "tflite_runtime", "--num_steps=5")
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.splitlines()
    assert first.startswith("tflite_runtime on ") and first.endswith("of frame 5:")
    assert second.startswith(FLOAT32_FILE) and second.endswith("ms a step")


def change_golden(bundle, key, change):
    with np.load(bundle / GOLDEN_FILE) as arrays:
        golden = dict(arrays)
    golden[key] = change(golden[key])
    np.savez(bundle / GOLDEN_FILE, **golden)


@pytest.mark.parametrize("key", [FUTURE, "predict_pose/outputs/carry2"])
@pytest.mark.parametrize(
    "change", [lambda v: v + 2e-3, lambda v: v * np.nan], ids=["other", "nan"]
)
def test_other_golden_outputs_are_found(copy, key, change):
    change_golden(copy, key, change)
    assert f"{FLOAT32_FILE}, tflite_runtime, " in refusal(copy)
    assert f"{key} differs from Keras by " in refusal(copy)


def test_a_quantized_file_has_to_reach_its_threshold(copy):
    (copy / FLOAT32_FILE).rename(copy / "drnet_float16.tflite")
    change_golden(copy, FUTURE, lambda frames: frames + 4e-3)  # 48 dB.
    assert run_bundle(copy, "tflite_runtime").returncode == 0
    change_golden(copy, FUTURE, lambda frames: frames + 4e-3)  # 42 dB.
    assert "frame 20 has a PSNR of 41.9 dB to that of Keras; expected at least 45" in (
        refusal(copy)
    )


def test_a_damaged_file_is_named_and_the_others_are_run(copy):
    whole, damaged = copy / FLOAT32_FILE, copy / "drnet_float16.tflite"
    content = bytearray(whole.read_bytes())
    content[len(content) // 4] ^= 0xFF
    damaged.write_bytes(content)
    result = run_bundle(copy, "tflite_runtime")
    assert result.returncode == 1
    assert "drnet_float16.tflite is damaged" in result.stderr
    assert FLOAT32_FILE in result.stdout and "float16" not in result.stdout


def test_what_cannot_be_compared_is_explained(copy, tmp_path):
    assert "expected 1 to 20" in refusal(copy, "--num_steps=21")
    assert "expected 1 to 20" in refusal(copy, "--num_steps=0")
    (copy / FLOAT32_FILE).rename(copy / "other.tflite")
    assert "other.tflite, tflite_runtime" in refusal(copy)
    (copy / "other.tflite").unlink()
    assert "has no .tflite files" in refusal(copy)
    (copy / GOLDEN_FILE).write_text("no archive")
    assert "golden.npz cannot be read" in refusal(copy)
    assert "golden.npz cannot be read" in refusal(tmp_path / "none")


def test_the_tolerance_is_that_of_the_export():
    assert TOLERANCE == parity.TOLERANCE


def test_a_bundle_of_format_2_passes():
    pytest.importorskip("tflite_runtime", reason="has no wheel for this Python")
    old = ROOT / "tests" / "support" / "data" / "bundle"
    result = run_bundle(old, "tflite_runtime")
    assert result.returncode == 0, result.stderr
