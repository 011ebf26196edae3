"""Content encoders: one frame to what stays in the clip."""

import keras

from keras_drnet.errors import choose
from keras_drnet.models import blocks
from keras_drnet.models.resnet import resnet18_map


def dcgan(
    image_size,
    num_channels,
    content_dim,
    num_filters,
    *,
    head="conv",
    dtype="float32",
):
    """Build the content encoder of the DCGAN family, without skip connections.

    Args:
        image_size: side of the frame in pixels, a power of two from 32 to 256.
        num_channels: channels of the frame.
        content_dim: length Dc of the content code.
        num_filters: filters of the first stage; each stage doubles them, up to
            eight times.
        head: `"conv"`, a convolution as large as the last map, as in the authors'
            code, or `"max_pool"`, each filter's maximum over the map and a linear
            layer: what is read does not depend on where it is.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]` to the pair `(content, skips)`:
        content `[B, Dc]` in (-1, 1), skips an empty tuple.
    """
    frames, maps = _down_path(image_size, num_channels, num_filters, dtype)
    content = _content(maps[-1], content_dim, head, dtype)
    return keras.Model(frames, (content, ()), name="content_encoder")


def dcgan_unet(
    image_size,
    num_channels,
    content_dim,
    num_filters,
    *,
    head="conv",
    dtype="float32",
):
    """Build the DCGAN content encoder that also returns every stage's map.

    Arguments and content are those of `dcgan`. `skips` are the maps from the
    finest, `[B, H/2, W/2, num_filters]`, to the coarsest, `[B, 4, 4, ...]`.
    """
    frames, maps = _down_path(image_size, num_channels, num_filters, dtype)
    content = _content(maps[-1], content_dim, head, dtype)
    return keras.Model(frames, (content, tuple(maps)), name="content_encoder")


def vgg_unet(
    image_size,
    num_channels,
    content_dim,
    num_filters,
    *,
    head="conv",
    dtype="float32",
):
    """Build the VGG-16-like content encoder with skip connections.

    Arguments and content are those of `dcgan`. `skips` are each block's map before
    pooling, from the finest, `[B, H, W, num_filters]`, to `[B, 8, 8, ...]`.
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    x, skips = frames, []
    filters = blocks.stage_filters(image_size, num_filters)
    for i, (width, depth) in enumerate(zip(filters, vgg_depths(filters), strict=True)):
        x = blocks.vgg_block(x, width, depth, dtype=dtype, name=f"block{i + 1}")
        skips.append(x)
        x = keras.layers.MaxPooling2D(dtype=dtype, name=f"pool{i + 1}")(x)
    content = _content(x, content_dim, head, dtype)
    return keras.Model(frames, (content, tuple(skips)), name="content_encoder")


def resnet18(
    image_size,
    num_channels,
    content_dim,
    num_filters,
    *,
    head="conv",
    dtype="float32",
):
    """Build the ResNet-18 content encoder, without skip connections.

    The paper's choice for turning objects, with a `dcgan` decoder. Arguments and
    result are those of `dcgan`; see `resnet.resnet18_map`.
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    x = resnet18_map(frames, num_filters, dtype=dtype)
    content = _content(x, content_dim, head, dtype)
    return keras.Model(frames, (content, ()), name="content_encoder")


def none(
    image_size,
    num_channels,
    content_dim,
    num_filters,
    *,
    head="conv",
    dtype="float32",
):
    """Build a content encoder that says nothing: its content is all zeros.

    What is left is an auto-encoder whose pose code has to hold everything: the
    paper's baseline without a split. Arguments and result are those of `dcgan`;
    `content_dim` zeros, which nothing needs more than 1 of.
    """
    del num_filters, head
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    pixel = frames[:, 0, 0, :1]
    content = keras.ops.zeros_like(keras.ops.repeat(pixel, content_dim, axis=-1))
    return keras.Model(frames, (content, ()), name="content_encoder")


def vgg_depths(filters):
    """Return the convolutions of each VGG block: two for the first two, then three."""
    return [2 if i < 2 else 3 for i in range(len(filters))]


def _down_path(image_size, num_channels, num_filters, dtype):
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    filters = blocks.stage_filters(image_size, num_filters)
    return frames, blocks.down_path(frames, filters, dtype=dtype)


def _content(x, content_dim, head, dtype):
    choose(dict.fromkeys(HEADS), head, "head of the content encoder")
    if head == "max_pool":
        x = blocks.max_pool_all(x, dtype=dtype, name="pool")
    return blocks.code_head(
        x, content_dim, kernel_size=x.shape[1], dtype=dtype, name="content"
    )


HEADS = ("conv", "max_pool")
CONTENT_ENCODERS = {
    "dcgan": dcgan,
    "dcgan_unet": dcgan_unet,
    "none": none,
    "resnet18": resnet18,
    "vgg_unet": vgg_unet,
}
