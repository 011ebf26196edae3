"""Bundles of networks of parts: what a frame costs, and that float16 is right."""

import numpy as np
import tensorflow as tf

from export.bundle import Options, export_run
from export.formats.flatbuffer import Model
from export.formats.quantize import convert
from export.formats.schemes import SCHEMES
from keras_drnet.config.presets import PRESETS
from tests.support.networks import PARTS, RICH_PARTS, lively_networks, save_run

SIZE, SIDE, NUM_PARTS, CHANNELS, UNITS = 32, 16, 2, 3, 8


def export(config, tmp_path, *schemes):
    """Exports a run; returns its folder and the measurements by file."""
    run = save_run(tmp_path / "run", config, lively_networks(config))
    options = Options(formats=("tflite",), schemes=schemes)
    measured = export_run(run, tmp_path / "bundle", options)
    return tmp_path / "bundle", {m.name: m for m in measured}


def test_a_step_is_the_pose_lstm_and_two_small_products_for_each_part(tmp_path):
    config = PRESETS["tiny"]().with_overrides(PARTS)
    bundle, measured = export(config, tmp_path, "none")
    assert measured["drnet.tflite"].passed
    model = Model((bundle / "drnet.tflite").read_bytes())
    maps = CHANNELS + 1
    products = SIZE * SIDE * SIDE * maps + SIZE * maps * SIDE * SIZE
    pose_dim, gates = 2 * NUM_PARTS, 4 * UNITS
    lstm = pose_dim * gates + UNITS * gates + 2 * UNITS * gates + UNITS * pose_dim
    normalization = 3 * pose_dim**2
    assert model.multiply_adds("step") == NUM_PARTS * products + lstm + normalization
    assert model.operators().isdisjoint({"CUSTOM", "WHILE"})


def test_a_hundred_frames_with_residuals_agree_with_keras(tmp_path):
    config = PRESETS["tiny"]().with_overrides(RICH_PARTS)
    _, measured = export(config, tmp_path, "none", "float16")
    for scheme in ("none", "float16"):
        assert measured[SCHEMES[scheme].file].passed


def test_constants_of_element_wise_operators_stay_float32(rng, tmp_path):
    kernel, addend = (rng.normal(size=(64, 64)).astype("float32") for _ in "12")

    module = tf.Module()
    module.weights = tf.Variable(kernel)

    @tf.function(input_signature=[tf.TensorSpec((1, 64), name="x")])
    def step(x):
        return {"y": addend[0] - tf.abs(tf.matmul(x, module.weights))}

    tf.saved_model.save(module, str(tmp_path), signatures={"step": step})
    x = rng.normal(size=(1, 64)).astype("float32")
    content = convert(tmp_path, "float16", {"step": {"x": x[None]}})
    interpreter = tf.lite.Interpreter(model_content=content)
    expected = np.float16(addend[0]) - np.abs(x @ np.float16(kernel).astype("float32"))
    runner = interpreter.get_signature_runner("step")
    for _ in range(3):
        np.testing.assert_allclose(runner(x=x)["y"], expected, rtol=1e-4, atol=1e-4)
    kinds = {
        tuple(tensor["shape"]): tensor["dtype"]
        for tensor in interpreter.get_tensor_details()
        if tensor["dtype"] == np.float16
    }
    assert (64, 64) in kinds and (64,) not in kinds
