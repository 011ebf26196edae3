"""Pose encoders: one frame to what moves in the clip.

A family is a function of frames that returns the code; `build_pose_encoder` adds the
input, the normalization and the name.
"""

import keras

from keras_drnet.errors import choose
from keras_drnet.models import blocks
from keras_drnet.models.resnet import resnet18_map
from keras_drnet.models.spatial_soft_argmax import SpatialSoftArgmax

NUM_KEYPOINTS = 16  # Positions that `dcgan_keypoints` looks for.


def build_pose_encoder(
    family,
    image_size,
    num_channels,
    pose_dim,
    num_filters,
    *,
    normalize=False,
    dtype="float32",
):
    """Build a pose encoder.

    Args:
        family: name in `POSE_ENCODERS`.
        image_size: side of the frame in pixels, a power of two from 32 to 256.
        num_channels: channels of the frame.
        pose_dim: length Dp of the pose code.
        num_filters: filters of the first stage; each stage doubles them, up to
            eight times.
        normalize: whether the pose is scaled to unit L2 norm after the tanh.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]` to pose `[B, Dp]` in (-1, 1).

    Raises:
        InputError: an unknown family, or an impossible image size.
    """
    code_of = choose(POSE_ENCODERS, family, "pose encoder")
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    pose = code_of(frames, pose_dim, num_filters, dtype=dtype)
    if normalize:
        pose = keras.layers.UnitNormalization(dtype="float32", name="unit_pose")(pose)
    return keras.Model(frames, pose, name="pose_encoder")


def dcgan(frames, pose_dim, num_filters, *, dtype):
    """Apply the DCGAN family."""
    filters = blocks.stage_filters(frames.shape[1], num_filters)
    x = blocks.down_path(frames, filters, dtype=dtype)[-1]
    return _code(x, pose_dim, dtype)


def resnet18(frames, pose_dim, num_filters, *, dtype):
    """Apply a ResNet-18: see `resnet.resnet18_map`."""
    return _code(resnet18_map(frames, num_filters, dtype=dtype), pose_dim, dtype)


def dcgan_keypoints(frames, pose_dim, num_filters, *, dtype):
    """Apply a family whose pose is a mixture of keypoints, and so mostly positions.

    The stages of the DCGAN family down to 8x8 pixels, joined with the map of 16x16;
    each of `NUM_KEYPOINTS` filters is reduced to the position where it responds, and
    the pose is a linear function of these, through a tanh: see `SpatialSoftArgmax`. A
    pose that is longer than there are coordinates has room for differences of
    positions, which tell appearance; a scene discriminator of standardized pairs leaves
    the least of them (`build_scene_discriminator`).

    No batch norm comes after the positions: it would subtract a batch's mean position,
    about a tenth of the frame's side, differently in each batch. Positions are float32
    under any policy: bfloat16 cannot tell neighboring pixels apart.
    """
    filters = blocks.stage_filters(frames.shape[1], num_filters)[:-1]
    *_, finer, coarser = blocks.down_path(frames, filters, dtype=dtype)
    width = finer.shape[-1]
    x = blocks.vgg_block(coarser, width, 1, dtype=dtype, name="context")
    x = keras.layers.UpSampling2D(interpolation="bilinear", dtype=dtype, name="up")(x)
    x = keras.layers.Concatenate(dtype=dtype, name="join")([x, finer])
    x = blocks.vgg_block(x, width, 1, dtype=dtype, name="detail")
    x = keras.layers.Conv2D(
        NUM_KEYPOINTS,
        1,
        kernel_initializer="he_normal",
        dtype="float32",
        name="responses",
    )(x)
    x = SpatialSoftArgmax(dtype="float32", name="keypoints")(x)
    x = keras.layers.Flatten(dtype="float32", name="flat_keypoints")(x)
    return keras.layers.Dense(
        pose_dim, activation="tanh", dtype="float32", name="pose"
    )(x)


def _code(x, pose_dim, dtype):
    return blocks.code_head(
        x, pose_dim, kernel_size=x.shape[1], dtype=dtype, name="pose"
    )


POSE_ENCODERS = {
    "dcgan": dcgan,
    "dcgan_keypoints": dcgan_keypoints,
    "resnet18": resnet18,
}
