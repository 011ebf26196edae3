"""Schemes of quantization, and models that drift too far."""

import shutil

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.lite.python.schema_py_generated import TensorType
from tensorflow.lite.tools import flatbuffer_utils

from export import bundle as bundles
from export import drift, metadata
from export.bundle import Options, export_run
from export.formats import to_tflite
from export.formats.schemes import SCHEMES

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


def with_other_weights(content):
    """Return a model of the same structure whose weights are negated."""
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    used = {
        tensor.buffer
        for subgraph in model.subgraphs
        for tensor in subgraph.tensors
        if tensor.type == TensorType.FLOAT32
    }
    for buffer in (model.buffers[i] for i in used):
        if buffer.data is not None:
            weights = np.frombuffer(bytes(buffer.data), np.float32)
            buffer.data = (-weights).view(np.uint8)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def test_a_tflite_file_that_drifts_is_refused(
    run, bundle, model, tmp_path, monkeypatch
):
    """The file is whole and loads, but its weights are others."""

    def write(saved_model, samples, signatures, paths, *, log):
        shutil.copy(bundle / paths["none"].name, paths["none"])
        content = with_other_weights(model[0])
        paths["float16"].write_bytes(metadata.attach(content, signatures))

    monkeypatch.setattr(to_tflite, "write_tflite", write)
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
    monkeypatch.setattr(drift, "restarted_psnr", lambda call, reference: 10.0)
    options = Options(formats=("saved_model",), force=force)
    (measured,) = export_run(run, tmp_path / "bundle", options)
    assert not measured.passed
    assert (tmp_path / "bundle" / "saved_model" / "1").exists() == force
