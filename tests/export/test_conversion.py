"""Conversions that fail, are killed, or give operators that not every runtime has."""

import os
import signal
import subprocess
import sys
import time

import pytest
import tensorflow as tf

from export import bundle as bundles
from export.bundle import Options, export_run
from export.formats import to_tflite
from keras_drnet.errors import ExportError
from tests.support.paths import ROOT

pytestmark = pytest.mark.xdist_group("bundle")
TIMEOUT = 600


@pytest.fixture(autouse=True)
def _prepared(prepared, monkeypatch):
    monkeypatch.setattr(bundles, "prepare", lambda run, data_dir: prepared)


def test_after_a_killed_export_the_next_one_gives_the_same_bundle(
    run, bundle, tmp_path
):
    output = tmp_path / "bundle"
    unfinished = tmp_path / "bundle.unfinished"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "export.main", f"--run_dir={run.path}"),
            *(f"--output_dir={output}", "--formats=tflite"),
        ],
        start_new_session=True,
        cwd=ROOT,
    )
    deadline = time.monotonic() + TIMEOUT
    while not (unfinished / "golden.npz").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert unfinished.exists() and not output.exists()

    # Not ONNX: its converter numbers the nodes differently each time.
    options = Options(formats=("tflite",), schemes=("none", "int8"), force=True)
    export_run(run, output, options)
    assert not unfinished.exists()
    timed = {"model_card.md", "manifest.json"}
    for path in (p for p in output.rglob("*") if p.is_file() and p.name not in timed):
        name = path.relative_to(output)
        assert path.read_bytes() == (bundle / name).read_bytes(), name


def test_operators_that_not_every_runtime_has_are_refused():
    @tf.function(input_signature=[tf.TensorSpec((4, 4))])
    def flexible(x):
        return tf.linalg.det(x)

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [flexible.get_concrete_function()], flexible
    )
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS,
        tf.lite.OpsSet.SELECT_TF_OPS,
    ]
    with pytest.raises(
        ExportError, match=r"odd\.tflite has .*CUSTOM:FlexMatrixDeterminant"
    ):
        to_tflite.check_operators(converter.convert(), "odd.tflite")


def test_a_failed_conversion_ends_with_a_sentence(run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        to_tflite, "write_samples", lambda path, samples: path.write_text("no archive")
    )
    output = tmp_path / "bundle"
    options = Options(formats=("tflite",), schemes=("none",))
    with pytest.raises(
        ExportError, match="export.formats.to_tflite failed with exit code 1"
    ):
        export_run(run, output, options)
    (log,) = tmp_path.iterdir()
    assert log.name == "bundle.conversion.log" and "Traceback" in log.read_text()
