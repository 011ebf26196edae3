"""Building blocks shared by the networks: convolution, batch norm, activation.

Every network of the paper is made of one unit, a (transposed) convolution with
bias, batch normalization and an activation, initialized as in the authors' code:
kernels N(0, 0.02), biases 0, batch-norm scales N(1, 0.02) and offsets 0.
"""

import functools

import keras

from keras_drnet.errors import InputError
from keras_drnet.models.layers import (
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    LeakyReLU,
)

LEAKY_SLOPE = 0.2
# Half-life of seven steps: a short run at a high learning rate ends with
# statistics of the weights it ends with.
BATCH_NORM_MOMENTUM = 0.9
BATCH_NORM_EPSILON = 1e-5
SMALLEST_MAP = 4  # Side of the last feature map before the code, in pixels.


def kernel_initializer():
    """Return the initializer of every kernel but the LSTM's."""
    return keras.initializers.RandomNormal(stddev=0.02)


def conv(
    x,
    filters,
    kernel_size,
    strides=1,
    *,
    padding="same",
    layer=Conv2D,
    dtype,
    name,
):
    """Apply a convolution with bias: `[B, H, W, C]` to `[B, H', W', filters]`."""
    return layer(
        filters,
        kernel_size,
        strides=strides,
        padding=padding,
        kernel_initializer=kernel_initializer(),
        dtype=dtype,
        name=name,
    )(x)


conv_transpose = functools.partial(conv, layer=Conv2DTranspose)


def norm(x, activation, *, dtype, name):
    """Apply batch normalization and an activation.

    Args:
        x: tensor `[..., C]`.
        activation: `"leaky_relu"` (slope 0.2), `"relu"` or `None`.
        dtype: dtype policy of the layers.
        name: prefix of the layers' names.
    """
    x = BatchNormalization(
        momentum=BATCH_NORM_MOMENTUM,
        epsilon=BATCH_NORM_EPSILON,
        gamma_initializer=keras.initializers.RandomNormal(mean=1.0, stddev=0.02),
        dtype=dtype,
        name=f"{name}_norm",
    )(x)
    if activation == "leaky_relu":
        return LeakyReLU(LEAKY_SLOPE, dtype=dtype, name=f"{name}_act")(x)
    if activation == "relu":
        return keras.layers.ReLU(dtype=dtype, name=f"{name}_act")(x)
    return x


def down_block(x, filters, *, dtype, name):
    """Halve the side: 4x4 convolution of stride 2, batch norm, leaky ReLU."""
    x = conv(x, filters, 4, 2, dtype=dtype, name=f"{name}_conv")
    return norm(x, "leaky_relu", dtype=dtype, name=name)


def down_path(x, filters, *, dtype, name="down"):
    """Halve the side once for each width; return every map, finest first."""
    maps = []
    for i, width in enumerate(filters):
        x = down_block(x, width, dtype=dtype, name=f"{name}{i + 1}")
        maps.append(x)
    return maps


def up_block(x, filters, *, dtype, name):
    """Double the side: 4x4 transposed convolution of stride 2, norm, leaky ReLU."""
    x = conv_transpose(x, filters, 4, 2, dtype=dtype, name=f"{name}_conv")
    return norm(x, "leaky_relu", dtype=dtype, name=name)


def seed_map(code, filters, *, side=SMALLEST_MAP, dtype):
    """Make the first map of a decoder, `[B, side, side, filters]`, from a code."""
    x = keras.layers.Reshape((1, 1, code.shape[-1]), dtype=dtype, name="codes_map")(
        code
    )
    x = conv_transpose(x, filters, side, padding="valid", dtype=dtype, name="seed_conv")
    return norm(x, "leaky_relu", dtype=dtype, name="seed")


def vgg_block(x, filters, num_layers, *, dtype, name):
    """Keep the side: `num_layers` times 3x3 convolution, norm, leaky ReLU."""
    for i in range(1, num_layers + 1):
        x = conv(x, filters, 3, dtype=dtype, name=f"{name}_conv{i}")
        x = norm(x, "leaky_relu", dtype=dtype, name=f"{name}_{i}")
    return x


def code_head(x, dim, *, kernel_size, dtype, name):
    """Reduce a map to a code `[B, dim]` in (-1, 1): convolution, norm, tanh.

    The tanh is float32 under any policy: codes are compared, clustered and fed
    back into a recurrence, where half precision would show.
    """
    x = conv(x, dim, kernel_size, padding="valid", dtype=dtype, name=f"{name}_conv")
    x = norm(x, None, dtype=dtype, name=name)
    x = keras.layers.Flatten(dtype="float32", name=f"{name}_flat")(x)
    return keras.layers.Activation("tanh", dtype="float32", name=name)(x)


def max_pool_all(x, *, dtype, name):
    """Keep each filter's greatest value over all positions, `[B, 1, 1, C]`."""
    return keras.layers.GlobalMaxPooling2D(keepdims=True, dtype=dtype, name=name)(x)


def num_stages(image_size):
    """Return how often the side is halved from `image_size` down to 4 pixels.

    Raises:
        InputError: `image_size` is not a power of two from 32 to 256.
    """
    if image_size not in (32, 64, 128, 256):
        raise InputError(
            f"image_size is {image_size}; expected a power of two from 32 to 256 "
            "(32, 64, 128 or 256)."
        )
    return image_size.bit_length() - SMALLEST_MAP.bit_length()


def stage_filters(image_size, num_filters, max_multiple=8):
    """Return the filters of each stage: doubling, at most `max_multiple` times.

    `stage_filters(64, 64)` is `[64, 128, 256, 512]`.
    """
    return _doubling(num_stages(image_size), num_filters, max_multiple)


def patch_filters(patch_size, num_filters, max_multiple=8):
    """Return the filters of each stage for patches, as `stage_filters` for frames.

    A patch is halved as long as its side is at least eight pixels.

    Raises:
        InputError: see `smallest_patch_map`.
    """
    num = (patch_size // smallest_patch_map(patch_size)).bit_length() - 1
    return _doubling(num, num_filters, max_multiple)


def smallest_patch_map(patch_size):
    """Return the side of a patch's last map, 4 to 7 pixels.

    Raises:
        InputError: `patch_size` is not from 8 to 256, or gets odd before it is halved
            to that.
    """
    side = patch_size
    while side >= 2 * SMALLEST_MAP and side % 2 == 0:
        side //= 2
    if not (8 <= patch_size <= 256 and side < 2 * SMALLEST_MAP):
        raise InputError(
            f"patch_size is {patch_size}; expected 4, 5, 6 or 7 times a power of two, "
            "from 8 to 256 (16, 24, 32, 40, 48, 64, ...)."
        )
    return side


def _doubling(num, num_filters, max_multiple):
    return [num_filters * min(2**i, max_multiple) for i in range(num)]
