"""The pose encoder of keypoints, and its spatial soft arg-max."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.models.pose_encoder import build_pose_encoder
from keras_drnet.models.spatial_soft_argmax import SpatialSoftArgmax

SIZE = 64


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_a_single_response_is_where_it_is_and_two_equal_ones_between_them():
    maps = np.zeros((2, 5, 9, 3), "float32")
    maps[0, 0, 8, 0] = maps[0, 3, 2, 1] = maps[1, 4, 0, 0] = 1e3
    maps[1, 0, 0, 1] = maps[1, 2, 8, 1] = 1e3
    positions = to_numpy(SpatialSoftArgmax()(maps))
    expected = [[[-1, 1], [0.5, -0.5], [0, 0]], [[1, -1], [-0.5, 0], [0, 0]]]
    np.testing.assert_allclose(positions, expected, atol=1e-6)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**31 - 1), height=st.integers(2, 7), width=st.integers(2, 7)
)
def test_a_position_is_the_mean_of_the_coordinates_weighted_by_softmax(
    seed, height, width
):
    maps = np.random.default_rng(seed).normal(size=(1, height, width, 2))
    positions = to_numpy(SpatialSoftArgmax()(maps.astype("float32")))
    for k in range(2):
        weights = np.exp(maps[0, ..., k])
        weights /= weights.sum()
        y = sum(weights[i].sum() * (2 * i / (height - 1) - 1) for i in range(height))
        x = sum(weights[:, j].sum() * (2 * j / (width - 1) - 1) for j in range(width))
        np.testing.assert_allclose(positions[0, k], (y, x), atol=1e-5)


def squares(rng, top, left):
    frames = np.zeros((8, SIZE, SIZE, 1), "float32")
    for frame, (y, x) in zip(frames, rng.integers(0, 4, (8, 2)), strict=True):
        frame[top + y : top + y + 8, left + x : left + x + 8] = 1
    return frames


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_positions_follow_an_object_that_moves(rng, dtype):
    encoder = build_pose_encoder("dcgan_keypoints", SIZE, 1, 4, 4, dtype=dtype)
    positions = keras.Model(encoder.input, encoder.get_layer("keypoints").output)
    # Sharper than new ones: only where the square is, not the whole map, counts.
    kernel = encoder.get_layer("responses").kernel
    kernel.assign(20 * kernel)
    frames = np.zeros((2, SIZE, SIZE, 1), "float32")
    frames[0, 18:26, 20:28] = frames[1, 26:34, 36:44] = 1
    first, second = to_numpy(positions(frames, training=True))
    # The map's first and last pixels are 60 of the frame's apart.
    moved = np.linalg.norm((second - first) - [2 * 8 / 60, 2 * 16 / 60], axis=-1)
    # Other filters respond to the background, and find the middle of it.
    assert np.sum(moved < 0.03) >= 4


def test_positions_do_not_depend_on_the_mean_position_of_a_batch(rng):
    batches = squares(rng, 4, 4), squares(rng, 48, 48)
    poses = {}
    for family in ("dcgan", "dcgan_keypoints"):
        encoder = build_pose_encoder(family, SIZE, 1, 4, 4)
        poses[family] = [
            np.arctanh(to_numpy(encoder(batch, training=True))).mean(axis=0)
            for batch in batches
        ]
    np.testing.assert_allclose(*poses["dcgan"], atol=1e-5)
    assert np.abs(np.subtract(*poses["dcgan_keypoints"])).max() > 1e-2
