"""Pose encoders: one frame to what moves in the clip."""

import keras

from keras_drnet.models import blocks


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

    A 5x5 convolution and a 3x3 pooling, each of stride 2, then stages of two basic
    blocks: four stages (64 to 512 filters) at 64 pixels, one more or fewer for each
    doubling or halving. The last map is 3x3.
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    # Padded by 3, not 2, as in the authors' code: sides are odd from here on, so
    # that the last map is 3x3.
    x = keras.layers.ZeroPadding2D(3, dtype=dtype, name="stem_pad")(frames)
    x = blocks.conv(
        x, num_filters, 5, 2, padding="valid", dtype=dtype, name="stem_conv"
    )
    x = blocks.norm(x, "relu", dtype=dtype, name="stem")
    x = keras.layers.MaxPooling2D(3, 2, padding="same", dtype=dtype, name="stem_pool")(
        x
    )
    for i, width in enumerate(blocks.stage_filters(image_size, num_filters, 16)):
        strides = 1 if i == 0 else 2
        x = _basic_block(x, width, strides, dtype=dtype, name=f"stage{i + 1}a")
        x = _basic_block(x, width, 1, dtype=dtype, name=f"stage{i + 1}b")
    return _pose_model(frames, x, pose_dim, 3, normalize, dtype)


def _basic_block(x, filters, strides, *, dtype, name):
    shortcut = x
    if strides != 1:
        shortcut = blocks.conv(
            x, filters, 1, strides, dtype=dtype, name=f"{name}_shortcut_conv"
        )
        shortcut = blocks.norm(shortcut, None, dtype=dtype, name=f"{name}_shortcut")
    x = blocks.conv(x, filters, 3, strides, dtype=dtype, name=f"{name}_conv1")
    x = blocks.norm(x, "relu", dtype=dtype, name=f"{name}_1")
    x = blocks.conv(x, filters, 3, dtype=dtype, name=f"{name}_conv2")
    x = blocks.norm(x, None, dtype=dtype, name=f"{name}_2")
    x = keras.layers.Add(dtype=dtype, name=f"{name}_add")([x, shortcut])
    return keras.layers.ReLU(dtype=dtype, name=f"{name}_out")(x)


def _pose_model(frames, x, pose_dim, kernel_size, normalize, dtype):
    pose = blocks.code_head(
        x, pose_dim, kernel_size=kernel_size, dtype=dtype, name="pose"
    )
    if normalize:
        pose = keras.layers.UnitNormalization(dtype="float32", name="unit_pose")(pose)
    return keras.Model(frames, pose, name="pose_encoder")


POSE_ENCODERS = {"dcgan": dcgan, "resnet18": resnet18}
