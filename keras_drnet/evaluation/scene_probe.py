"""A new scene discriminator, trained on frozen poses.

The pose encoder was trained to fool the scene discriminator of the run, so that its
accuracy near chance proves little. A new discriminator, trained on the frozen poses
until it has converged, finds the information on the clip that poses still contain.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from keras_drnet.errors import InputError
from keras_drnet.losses.adversary_losses import cross_entropy, is_right
from keras_drnet.models.scene_discriminator import build_scene_discriminator

NUM_STEPS = 2000
BATCH_SIZE = 128  # Positive pairs in a batch, and as many negative ones.
LEARNING_RATE = 1e-3
NUM_TEST_PAIRS = 8192  # Of either kind.


def probe_scene(train, test, train_poses, test_poses, *, max_step, **kwargs):
    """Train new scene discriminators on poses and on the true pose factors.

    Args:
        train: a `Sample` of the training split.
        test: a `Sample` of the test split.
        train_poses: `[N, K, Dp]`.
        test_poses: `[M, K, Dp]`.
        max_step: greatest distance in time of a clip's frames, for the record.
        **kwargs: see `fresh_scene_accuracy`.

    Returns:
        A dict: `accuracy`, `max_step`, `steps` of training, and `floor`, the accuracy
        of a discriminator trained on `true_poses`, or `None` if they are unknown.
        Even true poses tell clips apart if little moves between frames.
    """

    def accuracy(*poses):
        return fresh_scene_accuracy(
            poses[0], train.clips, poses[1], test.clips, **kwargs
        )

    num_times = train_poses.shape[1]
    known = [true_poses(sample.factors, num_times) for sample in (train, test)]
    return {
        "accuracy": accuracy(train_poses, test_poses),
        "max_step": max_step,
        "steps": NUM_STEPS,
        "floor": None if known[0] is None else accuracy(*known),
    }


def true_poses(factors, num_times):
    """Return the dynamic factors of frames: a pose that is free of content.

    Args:
        factors: dict of `Factor`s.
        num_times: frames of a clip, K.

    Returns:
        float `[N, K, D]`, quantities as they are and classes one-hot; `None` if there
        is no dynamic factor.
    """
    columns = []
    for factor in factors.values():
        if factor.kind == "dynamic":
            values = factor.by_frame(num_times)
            columns.append(
                np.eye(factor.classes)[values] if factor.classes else values[..., None]
            )
    return np.concatenate(columns, axis=-1) if columns else None


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
    """Train a new scene discriminator on poses and test it on those of other clips.

    It is the network of the paper, with new weights. Poses are standardized first, so
    that the scale of a dimension does not matter.

    Args:
        train_poses: `[N, K, D]`, poses of K frames of each window of a clip.
        train_clips: int `[N]`, the clip that each window is of. Two windows of one
            clip never make a pair, neither a positive nor a negative one.
        test_poses: `[M, K, D]`.
        test_clips: int `[M]`.
        num_units: width of the hidden layers.
        num_steps: batches to train on.
        seed: seed of weights and pairs.

    Returns:
        The accuracy on test pairs, half of them of one clip; chance is 0.5.

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
            loss = ops.mean(cross_entropy(*_classify_pairs(discriminator, *poses)))
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    for _ in range(num_steps):
        train_step(*draw_pairs(rng, train_poses, train_clips, BATCH_SIZE))
    pairs = draw_pairs(rng, test_poses, test_clips, NUM_TEST_PAIRS)
    return float(ops.mean(is_right(*_classify_pairs(discriminator, *pairs))))


def draw_pairs(rng, poses, clips, count):
    """Draw pairs of poses, of one window and of two clips.

    Args:
        rng: a NumPy generator.
        poses: `[N, K, D]`, poses of windows.
        clips: int `[N]`, the clip that each window is of.
        count: number of pairs of either kind.

    Returns:
        `(pose, same, different)`, each `[count, D]`: `same` is of another frame of
        the window of `pose`, `different` of another clip.

    Raises:
        InputError: there are fewer than two clips, or windows of fewer than two
            frames.
    """
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


def _classify_pairs(discriminator, pose, same, different):
    """Return the discriminator's logits and the labels of both kinds of pairs."""
    outputs = [discriminator((pose, other)) for other in (same, different)]
    labels = [ops.ones_like(outputs[0]), ops.zeros_like(outputs[1])]
    return ops.concatenate(outputs), ops.concatenate(labels)
