"""The networks of MCNet: motion from differences, content from the last frame.

The layers are those of the authors' code: convolutions with bias, kernels of
Glorot's, ReLU, maps that keep their sides but for 2x2 pooling. Frames are in [0, 1]
outside and in [-1, 1] inside. `num_filters` is the width of the finest stage, 64 in
the paper; a stage has twice the filters of the one before.
"""

import dataclasses

import keras
import numpy as np
from keras import ops

from keras_drnet.errors import InputError
from keras_drnet.models.conv_lstm import conv_lstm
from keras_drnet.models.frame_discriminator import build_frame_discriminator

LEAST_COLOR = 1 / 255  # Darker, hyperbolic tangents have no slope to learn from.
NUM_SCALES = 3  # Poolings: the coarsest maps have an eighth of the frame's side.


@dataclasses.dataclass(frozen=True)
class MCNetNetworks:
    """The three networks of MCNet.

    Attributes:
        motion_encoder: `(difference, state)` to `(motion, maps, next_state)`.
        frame_generator: `(frame, motion, maps)` to the next frame.
        frame_discriminator: stacked frames of a clip to a logit, 1 = real.
    """

    motion_encoder: keras.Model
    frame_generator: keras.Model
    frame_discriminator: keras.Model


def build_mcnet_networks(config, *, dtype="float32"):
    """Build the networks of MCNet, with new weights.

    Args:
        config: a `Config`.
        dtype: dtype policy of the layers. Frames, state and logits are float32 under
            any policy.

    Returns:
        The `MCNetNetworks`.

    """
    data = config.data
    frame = (data.image_size, data.num_channels)
    num_filters = config.model.num_filters
    return MCNetNetworks(
        motion_encoder=build_motion_encoder(data.image_size, num_filters, dtype=dtype),
        frame_generator=build_frame_generator(*frame, num_filters, dtype=dtype),
        frame_discriminator=build_frame_discriminator(
            *frame,
            data.num_past + config.mcnet.num_future,
            num_filters,
            dtype=dtype,
        ),
    )


def check_num_past(num_past):
    """Check that there are enough observed frames for MCNet.

    Raises:
        InputError: fewer than 2.
    """
    if num_past < 2:
        raise InputError(
            f"num_past is {num_past}; MCNet reads motion from the difference of two "
            "frames: expected at least 2 observed ones."
        )


def build_motion_encoder(image_size, num_filters, *, dtype="float32"):
    """Build one step of the motion encoder of Villegas et al. (2017).

    Args:
        image_size: side H = W of the frames in pixels, a multiple of 8.
        num_filters: filters F of the finest stage.
        dtype: dtype policy of the layers. The state is float32 under any policy.

    Returns:
        A `keras.Model` from `(difference, state)` to `(motion, maps, next_state)`.
        difference `[B, H, W, 1]`, of two gray frames in [0, 1]; state and next_state
        `(hidden, carry)`, each `[B, H/8, W/8, 4F]`, zero at first; motion the next
        hidden map; maps the three maps before each pooling, fine to coarse,
        `[B, H, W, F]`, `[B, H/2, W/2, 2F]` and `[B, H/4, W/4, 4F]`.
    """
    widths, side = _widths(num_filters), image_size // 2**NUM_SCALES
    difference = keras.Input((image_size, image_size, 1), name="difference")
    state = tuple(
        keras.Input((side, side, widths[-1]), name=name) for name in ("hidden", "carry")
    )
    x, maps = difference, []
    for i, (width, kernel_size) in enumerate(zip(widths, (5, 5, 7), strict=True), 1):
        x = _conv(x, width, kernel_size, dtype=dtype, name=f"motion{i}")
        maps.append(x)
        x = _pool(x, dtype=dtype, name=f"motion{i}_pool")
    hidden, carry = conv_lstm(x, state, 3, dtype=dtype, name="lstm")
    return keras.Model(
        (difference, state),
        (hidden, tuple(maps), (hidden, carry)),
        name="motion_encoder",
    )


def build_frame_generator(image_size, num_channels, num_filters, *, dtype="float32"):
    """Build the frame generator of Villegas et al. (2017).

    A content encoder (VGG-16 up to its third pooling) reads the last frame; its code
    is combined with the motion, and a decoder draws the next frame, at each scale
    with a residual of the motion's and the content's map before pooling.

    Args:
        image_size: side H = W of the frames in pixels, a multiple of 8.
        num_channels: channels C of a frame.
        num_filters: filters F of the finest stage.
        dtype: dtype policy of the layers. Frames are float32 under any policy.

    Returns:
        A `keras.Model` from `(frame, motion, maps)` to the next frame. Frames
        `[B, H, W, C]` in [0, 1]; motion and maps as of `build_motion_encoder`.
    """
    fine, middle, coarse = widths = _widths(num_filters)
    frame = keras.Input((image_size, image_size, num_channels), name="frame")
    sides = [image_size // 2**i for i in range(NUM_SCALES + 1)]
    motion = keras.Input((sides[-1], sides[-1], coarse), name="motion")
    maps = tuple(
        keras.Input((side, side, width), name=f"map{i}")
        for i, (side, width) in enumerate(zip(sides[:-1], widths, strict=True), 1)
    )
    x = keras.layers.Rescaling(2.0, -1.0, dtype="float32", name="signed")(frame)
    residuals = []
    for i, (width, depth) in enumerate(zip(widths, (2, 2, 3), strict=True), 1):
        for j in range(1, depth + 1):
            x = _conv(x, width, 3, dtype=dtype, name=f"content{i}_{j}")
        residuals.append(_residual(maps[i - 1], x, dtype=dtype, name=f"residual{i}"))
        x = _pool(x, dtype=dtype, name=f"content{i}_pool")
    x = keras.layers.Concatenate(dtype=dtype, name="codes")([motion, x])
    for i, width in enumerate((coarse, middle, coarse), 1):
        x = _conv(x, width, 3, dtype=dtype, name=f"combination{i}")
    # The mirror image of the content encoder.
    for i, outputs in (
        (3, (coarse, coarse, middle)),
        (2, (middle, fine)),
        (1, (fine,)),
    ):
        x = ZeroUnpooling(dtype=dtype, name=f"decoder{i}_unpool")(x)
        x = keras.layers.Add(dtype=dtype, name=f"decoder{i}_sum")([x, residuals[i - 1]])
        x = keras.layers.ReLU(dtype=dtype, name=f"decoder{i}_act")(x)
        for j, width in enumerate(outputs, 1):
            x = _conv(
                x,
                width,
                3,
                layer=keras.layers.Conv2DTranspose,
                dtype=dtype,
                name=f"decoder{i}_{j}",
            )
    x = keras.layers.Conv2DTranspose(
        num_channels, 3, padding="same", dtype=dtype, name="frame_conv"
    )(x)
    x = keras.layers.Activation("tanh", dtype="float32", name="frame_act")(x)
    next_frame = keras.layers.Rescaling(0.5, 0.5, dtype="float32", name="frame_out")(x)
    return keras.Model((frame, motion, maps), next_frame, name="frame_generator")


def set_mean_color(frame_generator, color):
    """Set the color that a new frame generator draws, instead of a mid-gray.

    Args:
        frame_generator: as of `build_frame_generator`.
        color: `[C]`, in [0, 1].
    """
    color = np.clip(color, LEAST_COLOR, 1.0 - LEAST_COLOR)
    # The inverse of what `frame_act` and `frame_out` make of a bias.
    bias = np.arctanh(2.0 * color - 1.0)
    frame_generator.get_layer("frame_conv").bias.assign(bias)


@keras.saving.register_keras_serializable("keras_drnet")
class ZeroUnpooling(keras.layers.Layer):
    """Unpooling to twice the side: each value at the top left of four, the rest 0."""

    def call(self, x):
        _, height, width, channels = x.shape
        x = ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, channels)))
        x = ops.reshape(x, (-1, height, 2 * width, channels))
        x = ops.pad(x, ((0, 0), (0, 0), (0, 2 * width), (0, 0)))
        return ops.reshape(x, (-1, 2 * height, 2 * width, channels))


def _widths(num_filters):
    return [num_filters * 2**i for i in range(NUM_SCALES)]


def _conv(
    x,
    filters,
    kernel_size,
    activation="relu",
    *,
    layer=keras.layers.Conv2D,
    dtype,
    name,
):
    return layer(
        filters,
        kernel_size,
        padding="same",
        activation=activation,
        dtype=dtype,
        name=name,
    )(x)


def _pool(x, *, dtype, name):
    return keras.layers.MaxPooling2D(dtype=dtype, name=name)(x)


def _residual(motion_map, content_map, *, dtype, name):
    x = keras.layers.Concatenate(dtype=dtype, name=f"{name}_maps")(
        [motion_map, content_map]
    )
    filters = content_map.shape[-1]
    x = _conv(x, filters, 3, dtype=dtype, name=f"{name}_1")
    return _conv(x, filters, 3, None, dtype=dtype, name=f"{name}_2")
