"""Decoders: content and pose to a frame."""

import keras

from keras_drnet.models import blocks
from keras_drnet.models.content_encoder import vgg_depths


def dcgan(
    image_size, num_channels, content_dim, pose_dim, num_filters, *, dtype="float32"
):
    """Build the DCGAN decoder, without skip connections.

    Args:
        image_size: side of the frame in pixels, a power of two from 32 to 256.
        num_channels: channels of the frame.
        content_dim: length Dc of the content code.
        pose_dim: length Dp of the pose code.
        num_filters: filters of the finest stage, as in the content encoder.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from `((content, skips), pose)`, content `[B, Dc]`, skips an
        empty tuple, pose `[B, Dp]`, to frames `[B, H, W, C]`, float32 in (0, 1).
    """
    content, pose = _codes(content_dim, pose_dim)
    *finer, coarsest = blocks.stage_filters(image_size, num_filters)
    x = _seed(content, pose, coarsest, dtype)
    for i, width in enumerate(reversed(finer)):
        x = blocks.up_block(x, width, dtype=dtype, name=f"up{i + 1}")
    x = blocks.conv_transpose(x, num_channels, 4, 2, dtype=dtype, name="frame_conv")
    return _frame_model(((content, ()), pose), x)


def dcgan_unet(
    image_size, num_channels, content_dim, pose_dim, num_filters, *, dtype="float32"
):
    """Build the decoder that reads the maps of the `dcgan_unet` content encoder.

    Arguments and result are those of `dcgan`; each stage reads the content
    encoder's map of its own side beside the map before it.
    """
    content, pose = _codes(content_dim, pose_dim)
    filters = blocks.stage_filters(image_size, num_filters)
    skips = tuple(
        keras.Input((image_size // 2**i, image_size // 2**i, width), name=f"skip{i}")
        for i, width in enumerate(filters, 1)
    )
    *finer, coarsest = filters
    x = _seed(content, pose, coarsest, dtype)
    for i, width in enumerate(reversed(finer)):
        x = _join(x, skips[-1 - i], dtype, f"join{i + 1}")
        x = blocks.up_block(x, width, dtype=dtype, name=f"up{i + 1}")
    x = _join(x, skips[0], dtype, f"join{len(skips)}")
    x = blocks.conv_transpose(x, num_channels, 4, 2, dtype=dtype, name="frame_conv")
    return _frame_model(((content, skips), pose), x)


def vgg_unet(
    image_size, num_channels, content_dim, pose_dim, num_filters, *, dtype="float32"
):
    """Build the decoder that mirrors the `vgg_unet` content encoder.

    Arguments and result are those of `dcgan`; maps are doubled by nearest-neighbor
    upsampling.
    """
    content, pose = _codes(content_dim, pose_dim)
    filters = blocks.stage_filters(image_size, num_filters)
    depths = vgg_depths(filters)
    skips = tuple(
        keras.Input((image_size // 2**i, image_size // 2**i, width), name=f"skip{i}")
        for i, width in enumerate(filters)
    )
    x = _seed(content, pose, filters[-1], dtype)
    for i in reversed(range(len(filters))):
        x = keras.layers.UpSampling2D(dtype=dtype, name=f"double{i + 1}")(x)
        x = _join(x, skips[i], dtype, f"join{i + 1}")
        x = blocks.vgg_block(
            x, filters[i], depths[i] - 1, dtype=dtype, name=f"block{i + 1}"
        )
        if i > 0:
            x = blocks.vgg_block(
                x, filters[i - 1], 1, dtype=dtype, name=f"block{i + 1}_out"
            )
    x = blocks.conv_transpose(x, num_channels, 3, dtype=dtype, name="frame_conv")
    return _frame_model(((content, skips), pose), x)


def _codes(content_dim, pose_dim):
    return (
        keras.Input((content_dim,), name="content"),
        keras.Input((pose_dim,), name="pose"),
    )


def _seed(content, pose, filters, dtype):
    """Build the first 4x4 map from the two codes."""
    x = keras.layers.Concatenate(dtype=dtype, name="codes")([content, pose])
    return blocks.seed_map(x, filters, dtype=dtype)


def _join(x, skip, dtype, name):
    return keras.layers.Concatenate(dtype=dtype, name=name)([x, skip])


def _frame_model(inputs, x):
    frame = keras.layers.Activation("sigmoid", dtype="float32", name="frame")(x)
    return keras.Model(inputs, frame, name="decoder")


DECODERS = {"dcgan": dcgan, "dcgan_unet": dcgan_unet, "vgg_unet": vgg_unet}
