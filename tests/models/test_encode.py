"""Codes of all frames of clips."""

import numpy as np
import pytest

from keras_drnet.models.encode import encode_frames, encode_in_batches
from keras_drnet.models.networks import build_networks


@pytest.mark.parametrize("name", ["content_encoder", "pose_encoder"])
def test_codes_are_those_of_the_single_frames(tiny, rng, name):
    encoder = getattr(build_networks(tiny), name)
    frames = rng.integers(0, 256, (90, 3, 32, 32, 3), dtype=np.uint8)
    one = encoder(frames[80:81, 2] / 255.0, training=False)
    one = one[0] if isinstance(one, tuple) else one
    in_batches = encode_in_batches(encoder, frames)
    video = frames[79:82].astype(np.float32) / 255
    at_once = encode_frames(encoder, video)
    for codes, clip in ((in_batches, 80), (np.asarray(at_once), 1)):
        np.testing.assert_allclose(codes[clip, 2], one[0], atol=1e-5)
    assert in_batches.shape == (90, 3, one.shape[-1])
    assert at_once.shape == (3, 3, one.shape[-1])
    np.testing.assert_allclose(
        encode_in_batches(encoder, video, batch_size=2), at_once, atol=1e-5
    )
