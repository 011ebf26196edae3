"""Schemes of quantization, and models that drift too far."""

import shutil

import numpy as np
import pytest
import tensorflow as tf

from export import bundle as bundles
from export.bundle import Options, export_run
from export.formats import schemes, to_tflite
from export.formats.schemes import SCHEMES
from export.graph.step_graph import StepGraph
from tests.support.networks import lively_networks

pytestmark = pytest.mark.xdist_group("bundle")


@pytest.fixture(autouse=True)
def _prepared(prepared, monkeypatch):
    monkeypatch.setattr(bundles, "prepare", lambda run, data_dir: prepared)


def test_quantized_files_are_smaller(bundle):
    sizes = {
        name: (bundle / scheme.file).stat().st_size for name, scheme in SCHEMES.items()
    }
    assert sizes["dynamic"] < sizes["float16"] < sizes["none"]


def test_only_layers_of_the_decoder_are_int8(bundle):
    """Otherwise the recurrence would round its own state."""
    interpreter = tf.lite.Interpreter(str(bundle / "drnet_int8.tflite"))
    runner = interpreter.get_signature_runner("step")
    kinds = {d["dtype"] for d in runner.get_input_details().values()}
    assert kinds == {np.float32}
    names = {
        tensor["name"]
        for tensor in interpreter.get_tensor_details()
        if tensor["dtype"] == np.int8
    }
    assert any("sub_pixel_stage" in name for name in names)
    assert not any("split_pose_lstm" in name for name in names)


def test_a_tflite_file_that_drifts_is_refused(
    run, bundle, tmp_path, monkeypatch, capsys
):
    """The file is whole and loads, but its weights are those of other networks."""
    write = to_tflite.write_tflite

    def write_other(saved_model, samples, name, signatures, path, *, log):
        if name == "none":
            shutil.copy(bundle / path.name, path)
            return
        other = lively_networks(run.config(), seed=1)
        graph = StepGraph(other, run.config().data.num_past)
        tf.saved_model.save(
            graph, str(saved_model), signatures=graph.functions(batch_size=1)
        )
        write(saved_model, samples, name, signatures, path, log=log)

    monkeypatch.setattr(to_tflite, "write_tflite", write_other)
    output = tmp_path / "bundle"
    options = Options(formats=("tflite",), schemes=("none", "float16"))
    measured = {m.name: m for m in export_run(run, output, options)}
    assert measured["drnet.tflite"].passed
    assert not measured["drnet_float16.tflite"].passed
    assert (output / "drnet.tflite").exists()
    assert not (output / "drnet_float16.tflite").exists()
    assert "**refused**" in (output / "model_card.md").read_text()


@pytest.mark.parametrize("force", [False, True])
def test_a_saved_model_that_drifts_is_only_written_by_force(
    run, tmp_path, monkeypatch, force
):
    monkeypatch.setattr(schemes, "drift", lambda frames, reference: 10.0)
    options = Options(formats=("saved_model",), force=force)
    (measured,) = export_run(run, tmp_path / "bundle", options)
    assert not measured.passed
    assert (tmp_path / "bundle" / "saved_model" / "1").exists() == force
