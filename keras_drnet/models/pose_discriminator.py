"""The pose discriminator: do two poses follow each other in real video?"""

import keras

from keras_drnet.models import blocks
from keras_drnet.models.pose_lstm import PoseRange


def build_pose_discriminator(pose_dim, num_units=128):
    """Builds the network that tells real movement from predicted.

    Two hidden layers on a pose and its change to the next, both in the range of poses
    that occur (`PoseRange`, layer `pose_range`). Small and in float32 always: what it
    is to see are differences of poses.

    Args:
        pose_dim: length Dp of the pose code.
        num_units: width of the hidden layers.

    Returns:
        A `keras.Model` from `(pose, next_pose)`, each `[B, Dp]`, to a logit `[B, 1]`
        that is positive where it takes them for poses of real video.
    """
    pose = keras.Input((pose_dim,), name="pose")
    next_pose = keras.Input((pose_dim,), name="next_pose")
    pose_range = PoseRange(dtype="float32", name="pose_range")
    x, following = pose_range(pose), pose_range(next_pose)
    x = keras.layers.Concatenate(dtype="float32", name="movement")([x, following - x])
    for i in (1, 2):
        x = keras.layers.Dense(
            num_units,
            kernel_initializer=blocks.kernel_initializer(),
            dtype="float32",
            name=f"hidden{i}",
        )(x)
        x = keras.layers.LeakyReLU(0.2, dtype="float32", name=f"activation{i}")(x)
    logit = keras.layers.Dense(
        1,
        kernel_initializer=blocks.kernel_initializer(),
        dtype="float32",
        name="real",
    )(x)
    return keras.Model((pose, next_pose), logit, name="pose_discriminator")
