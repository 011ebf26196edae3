"""Inference: swaps, and roll-outs of any length."""

import itertools
import tracemalloc

import numpy as np
import pytest

from keras_drnet.config.presets import PRESETS
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.errors import InputError
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models.networks import build_networks
from tests.support.networks import lively_networks


@pytest.fixture(scope="module", params=["dcgan", "dcgan_unet", "vgg_unet"])
def predictor(request):
    config = PRESETS["tiny"]().with_overrides(
        [f"model.content_encoder={request.param}", f"model.decoder={request.param}"]
    )
    return VideoPredictor(build_networks(config))


@pytest.fixture
def clips(tiny):
    return clip_frames(load_source(tiny, "test"), 0, 3)


def test_prediction_depends_on_the_past_alone(predictor, clips):
    past = clips[:, :3]
    predicted = predictor.predict(past, 4)
    assert predicted.shape == (3, 4, 32, 32, 3)
    assert predicted.dtype == np.float32
    assert predicted.min() >= 0 and predicted.max() <= 1
    np.testing.assert_array_equal(predicted, predictor.predict(past.copy(), 4))
    alone = predictor.predict(past[1:2], 4)
    np.testing.assert_allclose(alone[0], predicted[1], atol=1e-5)


def test_a_longer_prediction_begins_with_the_shorter_one(predictor, clips):
    past = clips[:, :3]
    longer = predictor.predict(past, 6)
    np.testing.assert_array_equal(longer[:, :2], predictor.predict(past, 2))
    assert predictor.predict(past, 0).shape == (3, 0, 32, 32, 3)


def test_swapping_a_frame_with_itself_is_reconstruction(predictor, clips):
    frames = clips[:, 0]
    nets = predictor.networks
    content = nets.content_encoder(frames, training=False)
    pose = nets.pose_encoder(frames, training=False)
    decoded = nets.decoder((content, pose), training=False)
    swapped = predictor.reconstruct(frames, frames)
    np.testing.assert_allclose(swapped, decoded, atol=1e-5)


def test_interpolation_begins_and_ends_with_reconstructions(tiny, clips):
    predictor = VideoPredictor(lively_networks(tiny))
    content, start, end = clips[:, 5], clips[:, 0], clips[::-1, 7]
    frames = predictor.interpolate(content, start, end, 5)
    assert frames.shape == (3, 5, 32, 32, 3)
    np.testing.assert_array_equal(frames[:, 0], predictor.reconstruct(content, start))
    np.testing.assert_array_equal(frames[:, -1], predictor.reconstruct(content, end))
    nets = predictor.networks
    code = nets.content_encoder(content, training=False)
    middle = sum(nets.pose_encoder(one, training=False) for one in (start, end)) / 2
    np.testing.assert_allclose(
        frames[:, 2], nets.decoder((code, middle), training=False), atol=1e-5
    )


def test_memory_does_not_grow_with_the_number_of_frames(tiny, clips):
    predictor = VideoPredictor(build_networks(tiny))
    stream = predictor.stream(clips[:, :3])
    sum(1 for _ in itertools.islice(stream, 50))
    tracemalloc.start()
    count = sum(1 for _ in itertools.islice(stream, 2000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2000
    assert peak < 100 * clips[:, 0].nbytes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda past: past[:, :, :16], r"expected \[B, num_past, 32, 32, 3\]"),
        (lambda past: past[0], "have shape"),
        (lambda past: past[:, :0], "num_past at least 1"),
        (lambda past: past * np.nan, "not finite"),
    ],
)
def test_past_frames_of_another_shape_or_not_finite_are_rejected(
    tiny, clips, change, message
):
    predictor = VideoPredictor(build_networks(tiny))
    with pytest.raises(InputError, match=message):
        predictor.predict(change(clips[:, :3]), 1)
