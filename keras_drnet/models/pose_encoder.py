"""Pose encoders: one frame to what moves in the clip."""

import keras

from keras_drnet.models import blocks
from keras_drnet.models.resnet import RESNET18_MAP, resnet18_map


def dcgan(
    image_size,
    num_channels,
    pose_dim,
    num_filters,
    *,
    normalize=False,
    dtype="float32",
):
    """Builds the pose encoder of the DCGAN family.

    Args:
        image_size: side of the frame in pixels, a power of two from 32 to 256.
        num_channels: channels of the frame.
        pose_dim: length Dp of the pose code.
        num_filters: filters of the first stage; each stage doubles them, up to
            eight times.
        normalize: whether the pose is scaled to unit L2 norm after the tanh.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]` to pose `[B, Dp]` in (-1, 1).
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    x = frames
    for i, width in enumerate(blocks.stage_filters(image_size, num_filters)):
        x = blocks.down_block(x, width, dtype=dtype, name=f"down{i + 1}")
    return _pose_model(frames, x, pose_dim, 4, normalize, dtype)


def resnet18(
    image_size,
    num_channels,
    pose_dim,
    num_filters,
    *,
    normalize=False,
    dtype="float32",
):
    """Builds the ResNet-18 pose encoder; arguments and result as for `dcgan`.

    See `resnet.resnet18_map`.
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    x = resnet18_map(frames, num_filters, dtype=dtype)
    return _pose_model(frames, x, pose_dim, RESNET18_MAP, normalize, dtype)


def _pose_model(frames, x, pose_dim, kernel_size, normalize, dtype):
    pose = blocks.code_head(
        x, pose_dim, kernel_size=kernel_size, dtype=dtype, name="pose"
    )
    if normalize:
        pose = keras.layers.UnitNormalization(dtype="float32", name="unit_pose")(pose)
    return keras.Model(frames, pose, name="pose_encoder")


POSE_ENCODERS = {"dcgan": dcgan, "resnet18": resnet18}
