"""ResNet-18 of the authors' code, up to its last map."""

import keras

from keras_drnet.models import blocks


def resnet18_map(frames, num_filters, *, dtype):
    """Build the layers of a ResNet-18 for small frames.

    A 5x5 convolution and a 3x3 pooling, each of stride 2, then stages of two basic
    blocks: four stages (64 to 512 filters) at 64 pixels, one more or fewer for each
    doubling or halving. (He et al. 2016, with the authors' stem.)

    Args:
        frames: `[B, H, W, C]`, a symbolic tensor.
        num_filters: filters of the first stage.
        dtype: dtype policy of the layers.

    Returns:
        The last map, `[B, 3, 3, F]`.
    """
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
    filters = blocks.stage_filters(frames.shape[1], num_filters, 16)
    for i, width in enumerate(filters):
        strides = 1 if i == 0 else 2
        x = _basic_block(x, width, strides, dtype=dtype, name=f"stage{i + 1}a")
        x = _basic_block(x, width, 1, dtype=dtype, name=f"stage{i + 1}b")
    return x


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
