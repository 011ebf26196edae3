"""Decoder of layers: parts drawn alone, put on the background, and made one frame."""

import keras
from keras import ops

from keras_drnet.models import blocks
from keras_drnet.models.part_poses import split_pose
from keras_drnet.models.patches import WritePatches

MASK_SLOPE = 4.0  # Of logits with unit variance: most of a mask is near 0 or 1.


def build_layered_decoder(
    image_size,
    num_channels,
    num_parts,
    patch_size,
    content_dim,
    pose_dim,
    num_filters,
    *,
    dtype="float32",
):
    """Build the decoder that belongs to `build_layered_content_encoder`.

    A part is drawn in its patch, as features and a mask. They are put at its position,
    in front of the background's features, and a convolution makes pixels of them. Where
    the frame that gave the content can stay as it is, its own pixels are taken.

    Args:
        image_size: side of the frame in pixels.
        num_channels: channels of the frame.
        num_parts: number of parts, K.
        patch_size: side of a patch in pixels, as in the encoders.
        content_dim: length Dc of the content code, a multiple of K.
        pose_dim: length Dp of the pose code: see `build_part_pose_encoder`.
        num_filters: filters F of the finest stage, as in the content encoder.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from `((content, skips), pose)` to frames `[B, H, W, C]`,
        float32 in [0, 1]; skips are those of the content encoder.
    """
    content = keras.Input((content_dim,), name="content")
    pose = keras.Input((pose_dim,), name="pose")
    frame = keras.Input((image_size, image_size, num_channels), name="content_frame")
    half = image_size // 2
    background = keras.Input((half, half, num_filters), name="background")
    parts = split_pose(pose, num_parts)
    draw = build_part_painter(
        patch_size,
        content_dim // num_parts,
        pose_dim // num_parts - 2,
        num_filters,
        dtype=dtype,
    )
    maps = [
        keras.Input((num_parts, *one.shape[1:]), name=f"part_{one.name}")
        for one in draw.inputs[2:]
    ]
    inputs = [content, parts[..., 2:], *maps]
    x = draw(
        [
            ops.reshape(x, (-1, *part.shape[1:]))
            for x, part in zip(inputs, draw.inputs, strict=True)
        ]
    )
    x = FeaturesAndMask(dtype="float32", name="features_and_mask")(x)
    x = ops.reshape(x, (-1, num_parts, *x.shape[1:]))
    x = WritePatches(half, dtype="float32", name="parts")(x, parts[..., :2])
    x = LayerComposition(dtype="float32", name="layers")(x, background)
    x = build_pixel_painter(half, num_filters, num_channels, dtype=dtype)(x)
    x = KeptPixels(dtype="float32", name="frame")(x, frame)
    return keras.Model(((content, (frame, background, *maps)), pose), x, name="decoder")


def build_part_painter(patch_size, code_dim, residual_dim, num_filters, *, dtype):
    """Build the network that draws a part alone, at half the side of its patch.

    Returns:
        A `keras.Model` from `[code, residual, *maps]`, `[B, code_dim]`,
        `[B, residual_dim]` and the part's maps, finest first, to logits
        `[B, P / 2, P / 2, F + 1]`: see `FeaturesAndMask`.
    """
    filters = blocks.patch_filters(patch_size, num_filters)
    code = keras.Input((code_dim,), name="part_content")
    residual = keras.Input((residual_dim,), name="part_residual")
    sides = [patch_size // 2**i for i in range(1, len(filters) + 1)]
    maps = [
        keras.Input((side, side, width), name=f"map{i}")
        for i, (side, width) in enumerate(zip(sides, filters, strict=True), 1)
    ]
    x = keras.layers.Concatenate(dtype=dtype, name="codes")([code, residual])
    x = blocks.seed_map(x, filters[-1], side=sides[-1], dtype=dtype)
    for i in reversed(range(len(filters))):
        x = keras.layers.Concatenate(dtype=dtype, name=f"join{i + 1}")([x, maps[i]])
        if i:
            x = blocks.up_block(x, filters[i - 1], dtype=dtype, name=f"up{i}")
    x = blocks.conv(x, num_filters + 1, 3, dtype=dtype, name="part_conv")
    x = blocks.norm(x, None, dtype=dtype, name="part")
    return keras.Model([code, residual, *maps], x, name="part_painter")


def build_pixel_painter(side, num_filters, num_channels, *, dtype):
    """Build the network from the features of both layers to pixels.

    Returns:
        A `keras.Model` from `[B, side, side, 2 F]` to logits `[B, 2 side, 2 side,
        C + 1]`: see `KeptPixels`.
    """
    layers = keras.Input((side, side, 2 * num_filters), name="layers")
    x = blocks.vgg_block(layers, num_filters, 1, dtype=dtype, name="mix")
    x = blocks.conv_transpose(x, num_channels + 1, 4, 2, dtype=dtype, name="pixel_conv")
    return keras.Model(layers, x, name="pixel_painter")


@keras.saving.register_keras_serializable("keras_drnet")
class FeaturesAndMask(keras.layers.Layer):
    """Activation of a part, `[..., F + 1]` to the same: features, weighted, and mask.

    The mask, in (0, 1), is a sigmoid of the last channel, times `MASK_SLOPE`; features
    are a leaky ReLU of the others, times the mask.
    """

    def call(self, x):
        """Apply the activation; see the class."""
        mask = ops.sigmoid(MASK_SLOPE * x[..., -1:])
        features = ops.leaky_relu(x[..., :-1], blocks.LEAKY_SLOPE)
        return ops.concatenate([features * mask, mask], axis=-1)


@keras.saving.register_keras_serializable("keras_drnet")
class LayerComposition(keras.layers.Layer):
    """Parts in front of a background, `[..., F + 1]` and `[..., F]` to `[..., 2 F]`.

    What `FeaturesAndMask` returned, summed over parts, and beside it the features of
    the background, as far as the masks leave them visible.
    """

    def call(self, parts, background):
        """Compose the layers; see the class."""
        visible = ops.relu(1.0 - parts[..., -1:])
        return ops.concatenate([parts[..., :-1], visible * background], axis=-1)

    def compute_output_shape(self, parts_shape, background_shape):
        return (*background_shape[:-1], 2 * background_shape[-1])


@keras.saving.register_keras_serializable("keras_drnet")
class KeptPixels(keras.layers.Layer):
    """Choice between new pixels and those of a frame, in each place.

    From logits `[B, H, W, C + 1]` and frames `[B, H, W, C]` to frames: new pixels are a
    sigmoid of the first C logits, and their share a sigmoid of the last.
    """

    def call(self, x, frames):
        """Choose the pixels; see the class."""
        share = ops.sigmoid(x[..., -1:])
        return share * ops.sigmoid(x[..., :-1]) + (1.0 - share) * frames

    def compute_output_shape(self, x_shape, frames_shape):
        return frames_shape
