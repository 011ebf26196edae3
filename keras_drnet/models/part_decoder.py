"""Decoder of parts: each part drawn alone, then put in its place."""

import keras
import numpy as np
from keras import ops

from keras_drnet.models import blocks
from keras_drnet.models.part_poses import split_pose
from keras_drnet.models.patches import WritePatches

FAINT, BRIGHT = 0.35, 0.65  # Of the brightest pixel of a part.
TINY = 1e-6  # Nothing is divided by 0 where nothing is drawn.


def build_part_decoder(
    image_size,
    num_channels,
    num_parts,
    patch_size,
    content_dim,
    pose_dim,
    num_filters,
    *,
    centered=False,
    background="black",
    dtype="float32",
):
    """Build the decoder that belongs to the encoders of `part_encoders`.

    Args:
        image_size: side of the frame in pixels.
        num_channels: channels of the frame.
        num_parts: number of parts, K.
        patch_size: side of a patch in pixels: see `blocks.smallest_patch_map`.
        content_dim: length Dc of the content code, a multiple of K.
        pose_dim: length Dp of the pose code: see `build_part_pose_encoder`.
        num_filters: filters of the finest stage, as in the encoders.
        centered: whether a part is put with its centroid at its position: see
            `Centroids`; otherwise with the middle of its patch.
        background: what is behind the parts: see `PartComposition`.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from `((content, ()), pose)` to frames `[B, H, W, C]`, float32
        in (0, 1).
    """
    content = keras.Input((content_dim,), name="content")
    pose = keras.Input((pose_dim,), name="pose")
    parts = split_pose(pose, num_parts)
    codes = [ops.reshape(content, (-1, content_dim // num_parts))]
    residual_dim = pose_dim // num_parts - 2
    if residual_dim:
        codes.append(ops.reshape(parts[..., 2:], (-1, residual_dim)))
    draw = build_patch_decoder(
        patch_size,
        num_channels,
        content_dim // num_parts,
        residual_dim,
        num_filters,
        dtype=dtype,
    )
    patches = ColorAndMass(dtype="float32", name="color_and_mass")(draw(codes))
    patches = ops.reshape(patches, (-1, num_parts, *patches.shape[1:]))
    positions = parts[..., :2]
    if centered:
        centroids = Centroids(image_size, dtype="float32", name="centroids")
        positions -= centroids(patches)
    x = WritePatches(image_size, dtype="float32", name="parts")(patches, positions)
    x = PartComposition(background, dtype="float32", name="frame")(x)
    return keras.Model(((content, ()), pose), x, name="decoder")


def build_patch_decoder(
    patch_size, num_channels, code_dim, residual_dim, num_filters, *, dtype="float32"
):
    """Build the network that draws a part alone.

    Returns:
        A `keras.Model` from `[code]` `[B, code_dim]`, or `[code, residual]` where
        `residual_dim` is not 0, to logits `[B, P, P, C + 1]`: see `ColorAndMass`.
    """
    code = keras.Input((code_dim,), name="part_content")
    inputs, x = [code], code
    if residual_dim:
        residual = keras.Input((residual_dim,), name="part_residual")
        inputs.append(residual)
        x = keras.layers.Concatenate(dtype=dtype, name="codes")(inputs)
    *finer, coarsest = blocks.patch_filters(patch_size, num_filters)
    side = blocks.smallest_patch_map(patch_size)
    x = blocks.seed_map(x, coarsest, side=side, dtype=dtype)
    for i, width in enumerate(reversed(finer)):
        x = blocks.up_block(x, width, dtype=dtype, name=f"up{i + 1}")
    x = blocks.conv_transpose(x, num_channels + 1, 4, 2, dtype=dtype, name="patch_conv")
    return keras.Model(inputs, x, name="patch_decoder")


@keras.saving.register_keras_serializable("keras_drnet")
class ColorAndMass(keras.layers.Layer):
    """Activation of a patch: colors weighted by a mass, and the mass.

    From logits `[..., C + 1]`: colors are a sigmoid of the first C, in (0, 1); the
    mass, above 0, is a softplus of the last minus 1, so that patches start faint.
    """

    def call(self, x):
        """Apply the activation; see the class."""
        mass = ops.softplus(x[..., -1:] - 1.0)
        return ops.concatenate([mass * ops.sigmoid(x[..., :-1]), mass], axis=-1)


@keras.saving.register_keras_serializable("keras_drnet")
class Centroids(keras.layers.Layer):
    """Centroids of parts in their patches, `[B, K, P, P, C + 1]` to `[B, K, 2]`.

    Offsets (y, x) from the middle of the patch, in the unit of positions, half the
    frame's side. They are of the area that a part covers, drawn alone over black: a
    pixel counts in full from `BRIGHT` of the part's brightest pixel on, and not at all
    up to `FAINT` of it. If brightness counted, to dim a stroke by a few percent, or a
    haze, would move the centroid of a part and hardly be seen.
    """

    def __init__(self, image_size, **kwargs):
        """Create the layer.

        Args:
            image_size: side of the frame, pixels.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.image_size = image_size

    def call(self, patches):
        """Compute the centroids; see the class."""
        side = patches.shape[2]
        offsets = (np.arange(side) - (side - 1) / 2) * (2 / self.image_size)
        offsets = offsets.astype("float32")
        colors, mass = patches[..., :-1], patches[..., -1:]
        brightness = ops.sum(colors / (1.0 + mass), axis=-1)
        brightness /= ops.max(brightness, axis=(2, 3), keepdims=True) + TINY
        area = ops.clip((brightness - FAINT) / (BRIGHT - FAINT), 0.0, 1.0)
        total = ops.sum(area, axis=(2, 3)) + TINY
        y = ops.sum(ops.sum(area, axis=3) * offsets, axis=2) / total
        x = ops.sum(ops.sum(area, axis=2) * offsets, axis=2) / total
        return ops.stack([y, x], axis=-1)

    def compute_output_shape(self, shape):
        return (*shape[:2], 2)

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {"image_size": self.image_size}


@keras.saving.register_keras_serializable("keras_drnet")
class PartComposition(keras.layers.Layer):
    """Composition of parts over a background, `[B, H, W, C + 1]` to `[B, H, W, C]`.

    A pixel is the mean of the parts' colors and of the background, weighted by their
    masses; the background's is 1. Which part is in front is a matter of its mass alone.
    """

    def __init__(self, background="black", **kwargs):
        """Create the layer.

        Args:
            background: `"black"`, or `"learned"` for one picture behind all clips.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.background = background

    def build(self, shape):
        if self.background == "learned":
            self.logits = self.add_weight(
                shape=(*shape[1:-1], shape[-1] - 1),
                initializer="zeros",
                name="background",
            )

    def call(self, x):
        """Compose the frames; see the class."""
        colors, mass = x[..., :-1], x[..., -1:]
        if self.background == "learned":
            colors += ops.sigmoid(self.logits)
        return colors / (1.0 + mass)

    def compute_output_shape(self, shape):
        return (*shape[:-1], shape[-1] - 1)

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {"background": self.background}
