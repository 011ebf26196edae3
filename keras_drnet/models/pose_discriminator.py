"""The pose discriminator: do two poses follow each other in real video?"""

import keras

from keras_drnet.models.pose_lstm import DEVIATIONS, PoseRange


def build_pose_discriminator(pose_dim, num_units=128):
    """Build the network that tells real movement from predicted.

    Two hidden layers on a pose and its change to the next, in standard deviations of
    the poses that occur (by the `PoseRange` of the layer `pose_range`). Small, and in
    float32 always: what it is to see are small differences of poses.

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
    x, following = (DEVIATIONS * pose_range(p) for p in (pose, next_pose))
    x = keras.layers.Concatenate(dtype="float32", name="movement")([x, following - x])
    for i in (1, 2):
        x = keras.layers.Dense(num_units, dtype="float32", name=f"hidden{i}")(x)
        x = keras.layers.LeakyReLU(0.2, dtype="float32", name=f"activation{i}")(x)
    logit = keras.layers.Dense(1, dtype="float32", name="real")(x)
    return keras.Model((pose, next_pose), logit, name="pose_discriminator")
