"""Scene discriminator: do two poses come from the same clip?"""

import keras

from keras_drnet.models import blocks
from keras_drnet.models.batch_standardization import BatchStandardization


def build_scene_discriminator(
    pose_dim, num_units=100, *, standardize=False, dtype="float32"
):
    """Build the scene discriminator C of Denton & Birodkar (2017), section 2.

    Args:
        pose_dim: length Dp of the pose code.
        num_units: width of the two hidden layers.
        standardize: whether pairs are standardized to zero mean and unit variance over
            the batch. Without it, as in the paper, the discriminator learns slowly from
            small elements of the pose, in which a pose encoder can keep content.
        dtype: dtype policy of the hidden layers.

    Returns:
        A `keras.Model` from a pair of poses, each `[B, Dp]`, to a float32 logit
        `[B, 1]`, positive for a pair of the same clip.
    """
    pair = (
        keras.Input((pose_dim,), name="pose_1"),
        keras.Input((pose_dim,), name="pose_2"),
    )
    x = keras.layers.Concatenate(dtype="float32", name="pair")(list(pair))
    if standardize:
        x = BatchStandardization(dtype="float32", name="standard_pair")(x)
    for i in (1, 2):
        x = keras.layers.Dense(
            num_units,
            activation="relu",
            kernel_initializer=blocks.kernel_initializer(),
            dtype=dtype,
            name=f"hidden{i}",
        )(x)
    logit = keras.layers.Dense(
        1,
        kernel_initializer=blocks.kernel_initializer(),
        dtype="float32",
        name="same_clip",
    )(x)
    return keras.Model(pair, logit, name="scene_discriminator")
