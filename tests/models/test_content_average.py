"""Content of several frames: between theirs, element by element or as a whole."""

import keras
import numpy as np
import pytest

from keras_drnet.models.content_average import average_codes
from keras_drnet.models.encode import encode_content, encode_frames
from tests.support.networks import lively_networks

NUM_FRAMES, NUM_PARTS, DIM, SIDE = 3, 2, 4, 2


def averaging(num_weights):
    """A model of codes and maps of three frames of two parts."""
    codes = keras.Input((DIM,))
    maps = keras.Input((SIDE, SIDE, 5))
    mean = average_codes(
        codes, maps, NUM_FRAMES, num_parts=NUM_PARTS, num_weights=num_weights
    )
    model = keras.Model((codes, maps), mean)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize("num_weights", [1, DIM])
def test_the_mean_is_weighted_over_frames_for_each_part(rng, num_weights):
    model = averaging(num_weights)
    shape = (5, NUM_FRAMES, NUM_PARTS)
    codes = rng.normal(size=(*shape, DIM)).astype("float32")
    maps = rng.normal(size=(*shape, SIDE, SIDE, 5)).astype("float32")
    mean = model((codes.reshape(-1, DIM), maps.reshape(-1, SIDE, SIDE, 5)))
    kernel, bias = model.get_weights()
    weights = np.exp(maps.reshape(*shape, -1) @ kernel + bias)
    expected = (weights / weights.sum(1, keepdims=True) * codes).sum(1)
    np.testing.assert_allclose(mean, expected.reshape(5, -1), rtol=1e-4, atol=1e-6)


def test_an_encoder_of_whole_frames_reads_several(tiny, rng):
    encoder = lively_networks(
        tiny.with_overrides(["model.num_content_frames=3"])
    ).content_encoder
    video = rng.uniform(size=(2, 4, 32, 32, 3)).astype("float32")
    content, skips = encode_content(encoder, video)
    assert content.shape == (2, 8) and skips == ()
    codes = np.array(encode_frames(encoder, video))
    assert np.all(content >= codes[:, 1:].min(axis=1) - 1e-6)
    assert np.all(content <= codes[:, 1:].max(axis=1) + 1e-6)
    changed = video.copy()
    changed[:, 0] = 1 - changed[:, 0]  # The last three are read.
    np.testing.assert_array_equal(encode_content(encoder, changed)[0], content)
    changed[:, 1] = 1 - changed[:, 1]
    assert not np.allclose(encode_content(encoder, changed)[0], content, atol=1e-3)
