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


plain = pytest.mark.parametrize("predictor", ["dcgan"], indirect=True)


@pytest.fixture
def past(rng):
    video = rng.uniform(size=(1, 3, 32, 32, 3)).astype("float32")
    video[0, 0, 0, 0, :2] = 0, 1
    return video


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


@plain
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda past: past[:, :, :16], r"expected \[B, num_past, 32, 32, 3\]"),
        (lambda past: past[0], "have shape"),
        (lambda past: past[:, :0], "num_past at least 1"),
        (lambda past: past[:0], "B and num_past at least 1"),
        (lambda past: past * np.nan, "not finite"),
        (lambda past: past - np.inf, "not finite"),
        (lambda past: (past * 255).astype(np.uint8), "are uint8; expected floats"),
        (lambda past: 2 * past - 1, "values from -1 to 1; expected 0 to 1"),
        (lambda past: 255 * past, "values from 0 to 255; expected 0 to 1"),
    ],
)
def test_past_frames_of_another_kind_are_rejected(predictor, past, change, message):
    for call in (predictor.predict, lambda past, _: next(predictor.stream(past))):
        with pytest.raises(InputError, match=f"The observed frames .*{message}"):
            call(change(past), 1)


@plain
@pytest.mark.parametrize(
    ("number", "message"),
    [(-1, "is -1; expected at least 0"), (1.5, "is 1.5; expected a whole number")],
)
def test_a_number_of_frames_is_a_whole_one(predictor, past, number, message):
    with pytest.raises(InputError, match=f"num_future {message}"):
        predictor.predict(past, number)
    frames = past[:, 0]
    with pytest.raises(InputError, match="num_steps is 1; expected at least 2"):
        predictor.interpolate(frames, frames, frames, 1)
    assert predictor.predict(past, np.int64(0)).shape == (1, 0, 32, 32, 3)


@plain
def test_frames_to_reconstruct_and_interpolate_are_checked(predictor, past):
    frames = past[:, 0]
    byte = (frames * 255).astype(np.uint8)
    with pytest.raises(InputError, match="content_frames are uint8"):
        predictor.reconstruct(byte, frames)
    with pytest.raises(InputError, match="pose_frames have values from -1 to 1"):
        predictor.reconstruct(frames, 2 * frames - 1)
    with pytest.raises(InputError, match=r"pose_frames have shape .* \[B, 32, 32, 3\]"):
        predictor.reconstruct(past, past)
    with pytest.raises(InputError, match="There are 2 end_frames for 1 content_frames"):
        predictor.interpolate(frames, frames, np.repeat(frames, 2, axis=0), 3)


@plain
def test_rounding_may_carry_a_frame_a_little_out_of_its_range(predictor, past):
    assert np.isfinite(predictor.predict(past * np.float32(1.0001), 1)).all()
