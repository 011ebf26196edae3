"""Content encoders: one frame to what stays in the clip.

A family is a function of frames that returns its last map and the maps for the decoder;
`build_content_encoder` adds the input, the head and the name.
"""

import keras
from keras import ops

from keras_drnet.errors import choose
from keras_drnet.models import blocks
from keras_drnet.models.content_average import average_codes
from keras_drnet.models.resnet import resnet18_map

HEADS = ("conv", "max_pool")


def build_content_encoder(
    family,
    image_size,
    num_channels,
    content_dim,
    num_filters,
    *,
    head="conv",
    num_frames=1,
    dtype="float32",
):
    """Build a content encoder.

    Args:
        family: name in `CONTENT_ENCODERS`.
        image_size: side of the frame in pixels, a power of two from 32 to 256.
        num_channels: channels of the frame.
        content_dim: length Dc of the content code.
        num_filters: filters of the first stage; each stage doubles them, up to
            eight times.
        head: `"conv"`, a convolution as large as the last map, as in the authors'
            code, or `"max_pool"`, each filter's maximum over the map and a linear
            layer: the code does not depend on the position of what it describes.
        num_frames: number of frames that are read, N; more than one only for a family
            without skip connections. Their codes are averaged, each element with
            weights of its own: see `content_average`.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]`, or `[B, N, H, W, C]` where N is not
        1, to the pair `(content, skips)`: content `[B, Dc]` in (-1, 1), skips a tuple
        of maps, finest first; empty for a family without skip connections.

    Raises:
        InputError: an unknown family or head, or an impossible image size.
    """
    choose(dict.fromkeys(HEADS), head, "head of the content encoder")
    maps_of = choose(CONTENT_ENCODERS, family, "content encoder")
    frame = (image_size, image_size, num_channels)
    read = frame if num_frames == 1 else (num_frames, *frame)
    singles = frames = keras.Input(read, name="frames")
    if num_frames > 1:
        singles = ops.reshape(frames, (-1, *frame))
    x, skips = maps_of(singles, num_filters, dtype=dtype)
    if x is None:
        content = ops.zeros_like(ops.repeat(frames[:, 0, 0, :1], content_dim, axis=-1))
    else:
        if head == "max_pool":
            x = blocks.max_pool_all(x, dtype=dtype, name="pool")
        content = blocks.code_head(
            x, content_dim, kernel_size=x.shape[1], dtype=dtype, name="content"
        )
        if num_frames > 1:
            content = average_codes(content, x, num_frames, num_weights=content_dim)
    return keras.Model(frames, (content, skips), name="content_encoder")


def dcgan(frames, num_filters, *, dtype):
    """Apply the DCGAN family, without skip connections."""
    x, _ = dcgan_unet(frames, num_filters, dtype=dtype)
    return x, ()


def dcgan_unet(frames, num_filters, *, dtype):
    """Apply the DCGAN family; skips are the maps of all stages.

    The finest is `[B, H/2, W/2, num_filters]`, the coarsest `[B, 4, 4, ...]`.
    """
    filters = blocks.stage_filters(frames.shape[1], num_filters)
    maps = blocks.down_path(frames, filters, dtype=dtype)
    return maps[-1], tuple(maps)


def vgg_unet(frames, num_filters, *, dtype):
    """Apply the VGG-16-like family; skips are each block's map before pooling.

    The finest is `[B, H, W, num_filters]`, the coarsest `[B, 8, 8, ...]`.
    """
    x, skips = frames, []
    filters = blocks.stage_filters(frames.shape[1], num_filters)
    for i, (width, depth) in enumerate(zip(filters, vgg_depths(filters), strict=True)):
        x = blocks.vgg_block(x, width, depth, dtype=dtype, name=f"block{i + 1}")
        skips.append(x)
        x = keras.layers.MaxPooling2D(dtype=dtype, name=f"pool{i + 1}")(x)
    return x, tuple(skips)


def resnet18(frames, num_filters, *, dtype):
    """Apply a ResNet-18, without skip connections: see `resnet.resnet18_map`.

    The paper's choice for turning objects, with a `dcgan` decoder.
    """
    return resnet18_map(frames, num_filters, dtype=dtype), ()


def none(frames, num_filters, *, dtype):
    """Apply nothing: the content is all zeros.

    What is left is an auto-encoder whose pose code has to hold everything: the paper's
    baseline without a split. A `content_dim` of 1 is enough.
    """
    del frames, num_filters, dtype
    return None, ()


def vgg_depths(filters):
    """Return the convolutions of each VGG block: two for the first two, then three."""
    return [2 if i < 2 else 3 for i in range(len(filters))]


CONTENT_ENCODERS = {
    "dcgan": dcgan,
    "dcgan_unet": dcgan_unet,
    "none": none,
    "resnet18": resnet18,
    "vgg_unet": vgg_unet,
}
