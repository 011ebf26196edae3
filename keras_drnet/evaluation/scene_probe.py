"""A fresh scene discriminator: what poses tell of their clip, once training is over.

The scene discriminator of a run is an opponent that the pose encoder has learnt to
mislead: that it does no better than chance proves little. A new one, trained on the
frozen poses alone for as long as it likes, has no such weakness.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from keras_drnet.errors import InputError
from keras_drnet.losses.adversary_losses import cross_entropy, is_right
from keras_drnet.models.scene_discriminator import build_scene_discriminator

NUM_STEPS = 2000
BATCH_SIZE = 128  # Pairs of one clip, and as many of two, in a batch.
LEARNING_RATE = 1e-3
NUM_TEST_PAIRS = 8192  # Of either kind.


def fresh_scene_accuracy(
    train_poses,
    train_clips,
    test_poses,
    test_clips,
    *,
    num_units=100,
    num_steps=NUM_STEPS,
    seed=0,
):
    """Train a scene discriminator on poses and test it on those of other clips.

    It is the network of the paper, with new weights. Poses are scaled to unit
    variance first, so that nothing goes unseen for being small.

    Args:
        train_poses: `[N, K, D]`, poses of K frames of each window of a clip.
        train_clips: int `[N]`, which clip each window is of. Two windows of one clip
            are never taken for different clips, nor for the same.
        test_poses: `[M, K, D]`.
        test_clips: int `[M]`.
        num_units: width of the hidden layers.
        num_steps: batches to train on.
        seed: seed of weights and pairs.

    Returns:
        The share of test pairs that it gets right, half of them of one clip; 0.5 is
        chance.

    Raises:
        InputError: there are fewer than two clips to train or test on, or windows of
            fewer than two frames.
    """
    rng = np.random.default_rng(seed)
    mean = train_poses.mean(axis=(0, 1))
    scale = np.maximum(train_poses.std(axis=(0, 1)), 1e-6)
    train_poses, test_poses = (
        ((poses - mean) / scale).astype(np.float32)
        for poses in (train_poses, test_poses)
    )
    keras.utils.set_random_seed(seed)
    discriminator = build_scene_discriminator(train_poses.shape[-1], num_units)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(discriminator.trainable_variables)

    @tf.function
    def train_step(*poses):
        with tf.GradientTape() as tape:
            loss = ops.mean(cross_entropy(*_judge(discriminator, *poses)))
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    for _ in range(num_steps):
        train_step(*_draw_pairs(rng, train_poses, train_clips, BATCH_SIZE))
    pairs = _draw_pairs(rng, test_poses, test_clips, NUM_TEST_PAIRS)
    return float(ops.mean(is_right(*_judge(discriminator, *pairs))))


def _judge(discriminator, pose, same, different):
    """Return the discriminator's logits and the labels of pairs of either kind."""
    outputs = [discriminator((pose, other)) for other in (same, different)]
    labels = [ops.ones_like(outputs[0]), ops.zeros_like(outputs[1])]
    return ops.concatenate(outputs), ops.concatenate(labels)


def _draw_pairs(rng, poses, clips, count):
    """Draw poses `[count, D]`, others of their windows, and others of other clips."""
    num_windows, num_times = poses.shape[:2]
    if num_times < 2 or len(np.unique(clips)) < 2:
        raise InputError(
            "A scene discriminator needs pairs of frames of one clip and of two; "
            f"there are {num_times} frames of {len(np.unique(clips))} clips. Expected "
            "at least 2 of each: take more clips."
        )
    window = rng.integers(num_windows, size=count)
    other = rng.integers(num_windows, size=count)
    while np.any(clash := clips[other] == clips[window]):
        other[clash] = rng.integers(num_windows, size=clash.sum())
    time = rng.integers(num_times, size=count)
    other_time = (time + rng.integers(1, num_times, size=count)) % num_times
    return poses[window, time], poses[window, other_time], poses[other, other_time]
