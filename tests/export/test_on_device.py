"""The predictor for devices, in every runtime."""

import dataclasses
import itertools
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

from export import metadata, on_device
from export.formats.flatbuffer import Model
from export.on_device import DeviceError, VideoPredictor
from export.on_device.trial import try_model
from keras_drnet.inference import video_predictor
from tests.support.paths import ROOT

pytestmark = pytest.mark.xdist_group("bundle")
OLD_BUNDLE = ROOT / "tests" / "support" / "data" / "bundle"
NUM_PAST = 3  # As in the preset `tiny`, whose frames are 32x32x3.
# Predicts without the packages that a board does not have, named by the last argument.
ON_A_BOARD = """
import sys

class Refuser:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in sys.argv[3].split(","):
            raise ImportError(f"{name} is not on this board")

sys.meta_path.insert(0, Refuser())
import numpy as np
from export.on_device import VideoPredictor

predictor = VideoPredictor(sys.argv[1])
predictor.prime(np.load(sys.argv[2]))
frames = [predictor.step() for _ in range(3)]
print(predictor.runtime, np.shape(frames))
"""
MEMORY = """
import resource, sys
import numpy as np
from export.on_device import VideoPredictor

def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

predictor = VideoPredictor(sys.argv[1])
past = np.load(sys.argv[2])
for count in (200, 2800):
    for _ in range(count // 100):
        predictor.prime(past)
        for _ in range(100):
            predictor.step()
    print(resident_bytes())
"""


@pytest.fixture(scope="module")
def past_file(clip, tmp_path_factory):
    path = tmp_path_factory.mktemp("past") / "past.npy"
    np.save(path, clip[:NUM_PAST])
    return path


@pytest.fixture(params=on_device.RUNTIMES)
def runtime(request):
    pytest.importorskip(
        on_device.RUNTIMES[request.param][0],
        reason=f"{request.param} is not among the requirements of this Python",
    )
    return request.param


@pytest.fixture
def predictor(tflite):
    return VideoPredictor(tflite)


def roll_out(predictor, frames, count):
    predictor.prime(frames)
    return np.stack([predictor.step() for _ in range(count)])


@pytest.fixture(scope="module")
def expected(networks, clip):
    """A hundred frames that Keras predicts."""
    past = clip[np.newaxis, :NUM_PAST]
    (frames,) = video_predictor.VideoPredictor(networks).predict(past, 100)
    assert np.abs(np.diff(frames, axis=0)).max() > 0.01, "a still video proves little"
    return frames


def test_a_hundred_frames_are_those_of_keras(tflite, expected, clip, runtime):
    past = clip[:NUM_PAST]
    predictor = VideoPredictor(tflite, runtime=runtime)
    assert predictor.runtime == runtime
    frames = roll_out(predictor, past, 100)
    assert frames.dtype == np.float32
    np.testing.assert_allclose(frames, expected, atol=1e-4)
    np.testing.assert_array_equal(roll_out(predictor, past, 100), frames)


def test_only_the_last_frames_are_observed(predictor, clip):
    expected = roll_out(predictor, clip[-NUM_PAST:], 5)
    np.testing.assert_array_equal(roll_out(predictor, clip, 5), expected)
    np.testing.assert_array_equal(roll_out(predictor, list(clip), 5), expected)
    assert np.abs(roll_out(predictor, clip[:NUM_PAST], 5) - expected).max() > 1e-3


def test_iteration_yields_the_steps(predictor, clip):
    expected = roll_out(predictor, clip, 12)
    predictor.prime(clip)
    frames = list(itertools.islice(predictor, 10))
    frames += itertools.islice(predictor, 2)
    np.testing.assert_array_equal(frames, expected)


def test_every_frame_is_a_new_array(tflite, clip, runtime):
    predictor = VideoPredictor(tflite, runtime=runtime)
    predictor.prime(clip)
    first = predictor.step()
    kept = first.copy()
    second = predictor.step()
    np.testing.assert_array_equal(first, kept)
    assert np.abs(second - first).max() > 0
    second[:] = 0
    predictor.prime(clip)
    np.testing.assert_array_equal(predictor.step(), kept)


def test_signatures_are_those_of_the_bundle(predictor, signatures):
    functions = dict(predictor.signatures.functions)
    assert functions.keys() == signatures.functions.keys() - {"serving_default"}
    assert predictor.signatures == dataclasses.replace(signatures, functions=functions)


def test_seed_is_the_old_name_of_prime(predictor, clip):
    expected = roll_out(predictor, clip, 3)
    predictor.seed(clip)
    np.testing.assert_array_equal([predictor.step() for _ in range(3)], expected)


def test_a_bundle_of_format_2_gives_its_golden_frames(runtime):
    predictor = VideoPredictor(OLD_BUNDLE / "drnet.tflite", runtime=runtime)
    with np.load(OLD_BUNDLE / "golden.npz") as golden:
        (past,) = golden["roll_out/inputs/past"]
        (future,) = golden["roll_out/outputs/future"]
    frames = roll_out(predictor, past, len(future))
    np.testing.assert_allclose(frames, future, atol=1e-4)


def test_memory_does_not_grow(tflite, past_file):
    if not pathlib.Path("/proc/self/statm").exists():
        pytest.skip("needs /proc")
    before, after = map(int, python(ROOT, MEMORY, tflite, past_file).split())
    assert after - before < 3e6


def test_a_board_needs_a_few_files_and_no_tensorflow(tflite, past_file, tmp_path):
    light = [name for name in on_device.RUNTIMES if name != "tensorflow"]
    if not any(is_installed(name) for name in light):
        pytest.skip("no runtime but TensorFlow is installed")
    for pattern in ("on_device/*.py", "metadata.py", "signatures.py"):
        for path in (ROOT / "export").glob(pattern):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    refused = "tensorflow,keras,keras_drnet,absl,av,imageio,PIL"
    output = python(tmp_path, ON_A_BOARD, tflite, past_file, refused)
    assert output.split(maxsplit=1)[0] in light
    assert output.endswith("(3, 32, 32, 3)\n")


def python(folder, script, *arguments):
    result = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def is_installed(runtime):
    try:
        return bool(on_device.load_runtime(runtime))
    except DeviceError:
        return False


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f[:2], r"shape \[2, 32, 32, 3\]; expected .* T at least 3"),
        (lambda f: f[:, :16], r"expected \[T, 32, 32, 3\]"),
        (lambda f: f[..., :1], r"shape \[8, 32, 32, 1\]"),
        (lambda f: f[0], r"shape \[32, 32, 3\]"),
        (lambda f: 0.5, r"shape \[\]"),
        (lambda f: f * np.nan, "from nan to nan; expected finite"),
        (lambda f: f + np.inf, "inf; expected finite"),
        (lambda f: f - 0.1, r"from -0.1 .* expected finite ones in \[0, 1\]"),
        (lambda f: np.round(f * 255).astype(np.uint8), "divide bytes by 255"),
    ],
)
def test_wrong_frames_are_refused_and_change_nothing(predictor, clip, change, message):
    expected = roll_out(predictor, clip, 2)
    predictor.prime(clip)
    predictor.step()
    with pytest.raises(DeviceError, match=message):
        predictor.prime(change(clip))
    np.testing.assert_array_equal(predictor.step(), expected[1])


def test_prime_has_to_be_called_first(predictor):
    with pytest.raises(DeviceError, match=r"call prime\(frames\) before step"):
        predictor.step()
    with pytest.raises(DeviceError, match="call prime"):
        next(iter(predictor))


def other_first(content, about):
    model = Model(content)
    model.put_first("decode")
    return metadata.attach(model.content(), about)


def misfit(**changes):
    """Returns a function that attaches changed signatures to a model."""
    return lambda content, about: metadata.attach(
        content, dataclasses.replace(about, **changes)
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda content, about: b"hello", "has no signatures.json inside; expected"),
        (lambda content, about: b"", "has no signatures.json inside"),
        (lambda content, about: content, "has no signatures.json inside"),
        (lambda c, about: metadata.attach(c, about)[:-100], "has no signatures.json"),
        (lambda c, about: metadata.attach(c, about)[:999], "has no signatures.json"),
        (lambda content, about: metadata.attach(b"nonsense", about), "cannot load"),
        (other_first, "first function of .* is not `step`; expected"),
        (misfit(image_size=64), "functions of .* do not fit its signatures"),
        (misfit(num_past=4), "functions of .* do not fit its signatures"),
    ],
)
def test_other_files_are_refused(model, tmp_path, runtime, make, message):
    path = tmp_path / "drnet.tflite"
    path.write_bytes(make(*model))
    with pytest.raises(DeviceError, match=message):
        VideoPredictor(path, runtime=runtime)


def test_a_file_that_crashes_the_runtime_is_refused_by_a_trial(
    model, tmp_path, runtime
):
    """Its first bytes say where the model begins: far behind its end."""
    content, about = model
    path = tmp_path / "drnet.tflite"
    path.write_bytes(metadata.attach(b"\xff\xff\xff\x7f" + content[4:], about))
    metadata.read(path)  # The digest is right.
    with pytest.raises(DeviceError, match=f"{path} crashes the runtime|cannot load"):
        try_model(path, runtime)


def test_a_trial_accepts_what_the_predictor_accepts(tflite, tmp_path, runtime):
    try_model(tflite, runtime)
    path = tmp_path / "\udcff.tflite"
    path.write_bytes(tflite.read_bytes()[:-1])
    with pytest.raises(DeviceError, match="\udcff.tflite has no signatures.json"):
        try_model(path, runtime)


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "drnet.tflite")
    with pytest.raises(DeviceError, match="is a device or a pipe; expected a .tflite"):
        VideoPredictor(tmp_path / "drnet.tflite")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DeviceError, match="none.tflite cannot be read: No such file"):
        VideoPredictor(tmp_path / "none.tflite")
    with pytest.raises(DeviceError, match="cannot be read: Is a directory"):
        VideoPredictor(tmp_path)


def test_at_least_one_thread_is_needed(tflite):
    with pytest.raises(DeviceError, match="num_threads"):
        VideoPredictor(tflite, num_threads=0)


def test_an_unknown_runtime_is_refused(tflite):
    with pytest.raises(DeviceError, match="Unknown runtime 'onnx'; expected one of"):
        VideoPredictor(tflite, runtime="onnx")


def test_the_first_installed_runtime_runs(tflite, monkeypatch):
    for name in ("ai_edge_litert", "tflite_runtime"):
        monkeypatch.setitem(sys.modules, on_device.RUNTIMES[name][0], None)
        with pytest.raises(DeviceError, match=f"pip install {name.replace('_', '-')}"):
            VideoPredictor(tflite, runtime=name)
    assert VideoPredictor(tflite).runtime == "tensorflow"
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(DeviceError, match="pip install ai-edge-litert"):
        VideoPredictor(tflite)
