"""Every format of a bundle computes what Keras does."""

import numpy as np
import pytest

from export import parity
from export.formats.schemes import SCHEMES
from export.on_device import VideoPredictor
from keras_drnet.inference import video_predictor

pytestmark = pytest.mark.xdist_group("bundle")


@pytest.fixture(scope="module")
def calls(bundle):
    return {
        "saved_model": parity.saved_model_call(bundle / "saved_model" / "1"),
        "onnx": parity.onnx_call(bundle / "onnx"),
        "tflite": parity.tflite_call(bundle / "drnet.tflite"),
    }


@pytest.fixture(scope="module")
def predictor(networks):
    return video_predictor.VideoPredictor(networks)


@pytest.mark.parametrize("name", ["saved_model", "onnx", "tflite"])
def test_every_function_is_that_of_keras(calls, golden, name):
    assert parity.greatest_difference(calls[name], golden) < 1e-5


@pytest.mark.parametrize("batch_size", [1, 3, 7])
def test_roll_outs_of_any_batch_size_are_those_of_keras(
    calls, predictor, rng, batch_size
):
    past = rng.random((batch_size, 3, 32, 32, 3), np.float32)
    count = np.full(batch_size, 100, np.int32)
    expected = predictor.predict(past, 100)
    for name in ("saved_model", "onnx"):
        outputs = calls[name]("serving_default", {"past": past, "num_future": count})
        errors = np.abs(outputs["future"] - expected).max(axis=(0, 2, 3, 4))
        assert errors[:20].max() < 1e-5
        # Far ahead, a motion near a turning point enlarges the rounding, which every
        # processor does in an order of its own. Another clip's frames are 0.1 away.
        assert errors.max() < 1e-3


@pytest.mark.parametrize("name", ["saved_model", "onnx"])
def test_steps_give_the_frames_of_the_whole_roll_out(calls, signatures, rng, name):
    call = calls[name]
    past = rng.random((2, 3, 32, 32, 3), np.float32)
    tensors = call("prime", {"past": past})
    for t in range(10):
        outputs = call("step", tensors)
        tensors |= {key: outputs[key] for key in signatures.state}
        whole = call(
            "serving_default",
            {"past": past, "num_future": np.full(2, t + 1, np.int32)},
        )
        np.testing.assert_allclose(outputs["frame"], whole["future"][:, -1], atol=1e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_tflite_file_rolls_out(bundle, golden, scheme):
    path = bundle / SCHEMES[scheme].file
    predictor = VideoPredictor(path)
    predictor.prime(golden["roll_out/inputs/past"][0])
    frames = np.stack([predictor.step() for _ in range(parity.GOLDEN_FRAMES)])
    error = np.abs(frames - golden["roll_out/outputs/future"][0]).max()
    assert error < {"none": 1e-5, "float16": 0.02}.get(scheme, 0.3)
