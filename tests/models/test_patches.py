"""Patches: cut out and put back at positions between pixels."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.data.datasets.moving_mnist import MovingMNIST
from keras_drnet.models.patches import ReadPatches, WritePatches

SIZE, SIDE = 32, 8


def position(corner):
    """Returns the position of the patch whose first pixel is at `corner`."""
    return (np.float32(corner) + SIDE / 2) / (SIZE / 2) - 1


def read(frames, positions):
    patches = ReadPatches(SIDE)(frames, np.float32(positions))
    return keras.ops.convert_to_numpy(patches)


def write(patches, positions):
    frames = WritePatches(SIZE)(np.float32(patches), np.float32(positions))
    return keras.ops.convert_to_numpy(frames)


def random(rng, *shape):
    return rng.uniform(size=shape).astype("float32")


def test_whole_pixels_are_a_slice(rng):
    frames = random(rng, 2, SIZE, SIZE, 3)
    corners = np.array([[[0, 5], [24, 24]], [[3, 0], [17, 9]]])
    patches = read(frames, position(corners))
    for b, k in np.ndindex(2, 2):
        y, x = corners[b, k]
        np.testing.assert_allclose(
            patches[b, k], frames[b, y : y + SIDE, x : x + SIDE], atol=1e-5
        )
        alone = write(
            patches[b : b + 1, k : k + 1], position(corners[b, k])[None, None]
        )
        expected = np.zeros((SIZE, SIZE, 3))
        expected[y : y + SIDE, x : x + SIDE] = patches[b, k]
        np.testing.assert_allclose(alone[0], expected, atol=1e-5)


def test_half_a_pixel_is_the_mean_of_two(rng):
    frames = random(rng, 1, SIZE, SIZE, 1)
    (patch,) = read(frames, position([[[4, 6.5]]]))[0]
    expected = (frames[0, 4:12, 6:14] + frames[0, 4:12, 7:15]) / 2
    np.testing.assert_allclose(patch, expected, atol=1e-5)


def test_patches_that_overlap_add_up(rng):
    patches = random(rng, 3, 2, SIDE, SIDE, 2)
    positions = rng.uniform(-0.7, 0.7, (3, 2, 2))
    one, two = (write(patches[:, k : k + 1], positions[:, k : k + 1]) for k in (0, 1))
    np.testing.assert_allclose(write(patches, positions), one + two, atol=1e-5)


def test_what_lies_outside_the_frame_is_zero_and_cut_off(rng):
    frames = random(rng, 1, SIZE, SIZE, 1)
    (patch,) = read(frames, position([[[-3, 28]]]))[0]
    np.testing.assert_allclose(patch[3:, :4], frames[0, :5, 28:], atol=1e-5)
    assert not patch[:3].any() and not patch[:, 4:].any()
    ones = write(np.ones((1, 1, SIDE, SIDE, 1)), position([[[-3, 28]]]))
    assert ones.sum() == pytest.approx(5 * 4, abs=1e-4)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**31 - 1),
    num_parts=st.integers(1, 3),
    num_channels=st.integers(1, 4),
)
def test_reading_is_the_transpose_of_writing(seed, num_parts, num_channels):
    rng = np.random.default_rng(seed)
    frames = rng.normal(size=(2, SIZE, SIZE, num_channels)).astype("float32")
    patches = rng.normal(size=(2, num_parts, SIDE, SIDE, num_channels))
    positions = rng.uniform(-1.2, 1.2, (2, num_parts, 2))
    one = np.sum(read(frames, positions) * patches, dtype=np.float64)
    two = np.sum(write(patches, positions) * frames, dtype=np.float64)
    assert one == pytest.approx(two, abs=1e-2)


@pytest.mark.parametrize("layer", [ReadPatches(SIDE), WritePatches(SIZE)])
def test_positions_have_the_gradient_of_the_interpolation(rng, layer):
    shape = (1, SIZE, SIZE, 1) if isinstance(layer, ReadPatches) else (1, 1, 8, 8, 1)
    values, weights = random(rng, *shape), None
    # A quarter of a pixel from the next kink, much further than the difference taken.
    start = position([[[10.25, 7.75]]])
    step = 1e-3

    def score(positions):
        result = layer(tf.constant(values), positions)
        nonlocal weights
        if weights is None:
            weights = rng.normal(size=result.shape).astype("float32")
        return tf.reduce_sum(weights * result)

    positions = tf.Variable(start)
    with tf.GradientTape() as tape:
        total = score(positions)
    gradient = tape.gradient(total, positions).numpy()[0, 0]
    for axis in (0, 1):
        shift = np.zeros_like(start)
        shift[..., axis] = step
        slope = (score(start + shift) - score(start - shift)) / (2 * step)
        assert gradient[axis] == pytest.approx(float(slope), rel=0.02, abs=0.05)


def test_digits_are_put_where_moving_mnist_draws_them():
    source = MovingMNIST("test", image_size=SIZE, num_digits=1, integer_velocity=False)
    indices, times = np.arange(4), np.tile(np.int32([3, 9]), (4, 1))
    frames = source.frames(indices, times).numpy()
    corners = tf.gather(source.positions(indices), times, batch_dims=1).numpy()[:, :, 0]
    positions = (corners + SIZE / 4) / (SIZE / 2) - 1
    layer = ReadPatches(SIZE // 2)
    for clip in range(4):
        first, second = positions[clip, :, None, None]
        digit = layer(frames[clip, :1], first)
        # Read and written at two fractions of a pixel: blurred, but in its place.
        moved = WritePatches(SIZE)(digit, second).numpy()[0]
        error = np.mean(np.square(moved - frames[clip, 1]))
        assert error < 0.15 * np.mean(np.square(frames[clip, 1]))
        away = WritePatches(SIZE)(digit, second + 2 / SIZE).numpy()[0]
        assert np.mean(np.square(away - frames[clip, 1])) > 1.5 * error
