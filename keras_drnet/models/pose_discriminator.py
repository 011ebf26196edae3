"""Pose discriminator: do two poses follow each other in real video?"""

import keras

from keras_drnet.checks.numbers import check_count
from keras_drnet.models.pose_lstm import (
    DEVIATIONS,
    POSE_NORMALIZATION,
    PoseNormalization,
)


def build_pose_discriminator(pose_dim, num_units=128):
    """Build the network that discriminates real from predicted pairs of poses.

    Two hidden layers on a pose and its change to the next, both in standard deviations
    of the poses that occur (`PoseNormalization`). Always float32: differences of
    consecutive poses are small.

    Args:
        pose_dim: length Dp of the pose code.
        num_units: width of the hidden layers.

    Returns:
        A `keras.Model` from `(pose, next_pose)`, each `[B, Dp]`, to a logit `[B, 1]`
        positive for a pair of real video.

    Raises:
        InputError: a number is none of 1 or above.
    """
    check_count(pose_dim, "pose_dim")
    check_count(num_units, "num_units")
    pose = keras.Input((pose_dim,), name="pose")
    next_pose = keras.Input((pose_dim,), name="next_pose")
    normalization = PoseNormalization(dtype="float32", name=POSE_NORMALIZATION)
    x, following = (DEVIATIONS * normalization(p) for p in (pose, next_pose))
    x = keras.layers.Concatenate(dtype="float32", name="movement")([x, following - x])
    for i in (1, 2):
        x = keras.layers.Dense(num_units, dtype="float32", name=f"hidden{i}")(x)
        x = keras.layers.LeakyReLU(0.2, dtype="float32", name=f"activation{i}")(x)
    logit = keras.layers.Dense(1, dtype="float32", name="real")(x)
    return keras.Model((pose, next_pose), logit, name="pose_discriminator")
