"""Losses against their closed forms, and where their gradients go."""

import math

import numpy as np
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.losses import drnet_losses, gan_losses, mcnet_losses

LOGITS = st.floats(-20, 20)


def constant(value, shape=(3, 4)):
    return tf.fill(shape, float(value))


def test_similarity_is_the_mean_square():
    assert drnet_losses.similarity_loss(constant(2), constant(2)) == 0
    assert drnet_losses.similarity_loss(constant(2), constant(4)) == 4


def test_similarity_has_a_gradient_for_the_first_code_only():
    first, second = tf.Variable(constant(2)), tf.Variable(constant(4))
    with tf.GradientTape() as tape:
        loss = drnet_losses.similarity_loss(first, second)
    gradient, none = tape.gradient(loss, [first, second])
    np.testing.assert_allclose(gradient, 2 * (2 - 4) / 12, rtol=1e-6)
    assert none is None


def poses(*times, start=0.3, velocity=(0.5, -0.1, 0.0, 0.2), scale=1.0):
    """Poses of three clips that move straight on, one `[3, 4]` for each time."""
    start = start + np.arange(12).reshape(3, 4)
    return [scale * tf.constant(start + t * np.array(velocity)) for t in times]


@given(scale=st.floats(1e-3, 1e3), start=st.floats(-3, 3))
def test_steadiness_of_constant_velocity_is_0(scale, start):
    straight = drnet_losses.steadiness_loss(
        *poses(4, 5, 6, 20, scale=scale, start=start)
    )
    assert straight < 1e-9


def test_steadiness_is_the_second_difference_over_the_distance():
    before, pose, after, other = poses(4, 5, 6, 20)
    kick = np.zeros((3, 4))
    kick[1, 2] = 0.25
    loss = drnet_losses.steadiness_loss(before, pose + kick, after, other)
    moved = 3 * 15 * (0.5 + 0.1 + 0.2) + 0.25
    np.testing.assert_allclose(loss, 2 * 0.25 / moved, rtol=1e-6)


def test_steadiness_does_not_depend_on_scale_or_constant_elements():
    codes = np.random.default_rng(0).normal(size=(4, 8, 5))
    loss = drnet_losses.steadiness_loss(*codes)
    small = drnet_losses.steadiness_loss(*(0.1 * codes))
    same = np.repeat(np.random.default_rng(1).normal(size=(1, 8, 5)), 4, axis=0)
    with_identity = drnet_losses.steadiness_loss(
        *np.concatenate([codes, same], axis=-1)
    )
    np.testing.assert_allclose([small, with_identity], [loss, loss], rtol=1e-5)


def test_steadiness_of_a_constant_pose_is_0():
    still = tf.Variable(constant(0.5))
    with tf.GradientTape() as tape:
        loss = drnet_losses.steadiness_loss(still, still, still, still)
    assert loss == 0
    assert np.isfinite(tape.gradient(loss, still)).all()


def walks(seed=0, num_parts=2):
    """Positions `[4096, K, 2]` of parts that move independently."""
    return np.random.default_rng(seed).uniform(-1, 1, (4096, num_parts, 2))


@given(offset=st.floats(-0.5, 0.5), scale=st.floats(0.1, 10))
def test_decorrelation_of_parts_on_one_object_is_one_half(offset, scale):
    one = walks(num_parts=1)
    loss = drnet_losses.decorrelation_loss(
        tf.constant(np.concatenate([one, offset + scale * one], axis=1), tf.float32)
    )
    np.testing.assert_allclose(loss, 0.5, atol=1e-2)


@given(seed=st.integers(0, 20), num_parts=st.integers(2, 4))
def test_decorrelation_of_independent_parts_is_nearly_0(seed, num_parts):
    assert drnet_losses.decorrelation_loss(walks(seed, num_parts)) < 3e-3


def test_decorrelation_is_the_mean_square_of_numpys_correlations():
    positions = np.random.default_rng(0).normal(size=(6, 3, 2)).astype("float32")
    squares = np.corrcoef(positions.reshape(6, 6), rowvar=False) ** 2
    different = [squares[i, j] for i in range(6) for j in range(6) if i // 2 != j // 2]
    np.testing.assert_allclose(
        drnet_losses.decorrelation_loss(positions), np.mean(different), rtol=1e-4
    )


def test_decorrelation_has_a_finite_gradient_where_parts_do_not_move():
    still = tf.Variable(tf.zeros((4, 2, 2)))
    with tf.GradientTape() as tape:
        loss = drnet_losses.decorrelation_loss(still)
    assert np.isfinite(tape.gradient(loss, still)).all()


def test_reconstruction_is_a_mean_so_size_does_not_matter():
    small = drnet_losses.reconstruction_loss(
        constant(0, (1, 2, 2, 1)), constant(0.5, (1, 2, 2, 1))
    )
    large = drnet_losses.reconstruction_loss(
        constant(0, (5, 8, 8, 3)), constant(0.5, (5, 8, 8, 3))
    )
    assert small == large == 0.25


def test_pose_prediction_is_the_mean_square():
    assert (
        drnet_losses.pose_prediction_loss(
            constant(0.5, (2, 3, 4)), constant(-0.5, (2, 3, 4))
        )
        == 1
    )


def test_pose_prediction_can_be_the_mean_absolute_error():
    poses = tf.constant([[[0.0, 0.0]], [[0.0, 1.0]]])
    loss = drnet_losses.pose_prediction_loss(poses, 0.25 + 0 * poses, absolute=True)
    assert loss == (0.25 + 0.25 + 0.25 + 0.75) / 4


def test_pose_prediction_weighs_the_elements_of_a_pose():
    poses = tf.constant([[[0.0, 0.0]], [[0.0, 1.0]]])
    loss = drnet_losses.pose_prediction_loss(poses, 0.5 + 0 * poses, weights=[4.0, 2.0])
    assert loss == (4 * 0.25 + 2 * 0.25) / 2


def test_prediction_loss_is_the_mean_square_of_frames_from_minus_one_to_one():
    frames, predictions = constant(0.25, (2, 3, 4, 4, 1)), constant(1, (2, 3, 4, 4, 1))
    expected = np.mean(np.square((2 * frames - 1) - (2 * predictions - 1)))
    assert mcnet_losses.frame_prediction_loss(frames, predictions) == expected == 2.25


def steepness(frame, y, x, down, right):
    """The size of the step to a neighbor; outside the frame is zero."""
    height, width = frame.shape
    inside = y + down < height and x + right < width
    return abs((frame[y + down, x + right] if inside else 0) - frame[y, x])


def test_gradient_difference_covers_every_pixel_and_the_borders(rng):
    frames = rng.uniform(size=(2, 3, 4, 5, 3)).astype("float32")
    predictions = rng.uniform(size=(2, 3, 4, 5, 3)).astype("float32")
    terms = [
        abs(
            steepness(frames[b, t, :, :, c], y, x, *step)
            - steepness(predictions[b, t, :, :, c], y, x, *step)
        )
        for b, t, y, x, c in np.ndindex(frames.shape)
        for step in ((0, 1), (1, 0))
    ]
    np.testing.assert_allclose(
        mcnet_losses.gradient_difference_loss(
            tf.constant(frames), tf.constant(predictions)
        ),
        sum(terms) / frames.size,
        rtol=1e-5,
    )


def test_gradient_difference_by_hand():
    frame = tf.constant([[0.0, 1.0], [0.0, 0.5]])[None, :, :, None]
    flat = tf.zeros_like(frame)
    # To the right 1 + 1 + 0.5 + 0.5, down 0 + 0.5 + 0 + 0.5, over four pixels.
    assert mcnet_losses.gradient_difference_loss(frame, flat) == 4 / 4
    # Not what the gradient is, but how steep: a mirrored step is as good.
    edge = tf.constant([[0.0, 1.0, 0.0]])[None, :, :, None]
    assert mcnet_losses.gradient_difference_loss(edge, edge) == 0


def test_gradient_difference_of_a_repeated_gray_channel_is_that_of_one(rng):
    frames, predictions = rng.uniform(size=(2, 2, 4, 4, 1)).astype("float32")
    np.testing.assert_allclose(
        mcnet_losses.gradient_difference_loss(
            tf.repeat(frames, 3, axis=-1), tf.repeat(predictions, 3, axis=-1)
        ),
        mcnet_losses.gradient_difference_loss(
            tf.constant(frames), tf.constant(predictions)
        ),
        rtol=1e-6,
    )


@given(LOGITS, LOGITS)
def test_frame_losses_are_cross_entropies_with_one_for_real(real, fake):
    def cross_entropy(logit, label):
        return math.log1p(math.exp(-logit if label else logit))

    real_logits, fake_logits = constant(real, (2, 1)), constant(fake, (2, 1))
    actual = gan_losses.discriminator_errors(real_logits, fake_logits)
    expected = cross_entropy(real, 1), cross_entropy(fake, 0)
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(
        gan_losses.generator_loss(fake_logits),
        cross_entropy(fake, 1),
        rtol=1e-4,
        atol=1e-7,
    )
