"""Patches: square windows of a frame, at positions between pixels.

The position of a patch is that of its center, (y, x), from -1, the frame's upper or
left edge, to 1, the lower or right one. A patch is cut out, or put back, by a product
with a banded matrix on either side: bilinear interpolation, differentiable in both the
pixels and the positions, exact for whole pixels. What lies outside the frame is 0, and
is cut off.

References: Gregor et al., "DRAW", ICML 2015, section 3.3, reads and writes by products
with filter banks; Jaderberg et al., "Spatial transformer networks", NIPS 2015, has the
bilinear kernel.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_drnet")
class ReadPatches(keras.layers.Layer):
    """Cutting of patches out of frames.

    Called with frames `[B, H, W, C]` and positions `[B, K, 2]`; returns patches
    `[B, K, P, P, C]`.
    """

    def __init__(self, patch_size, **kwargs):
        """Create the layer.

        Args:
            patch_size: side of a patch, P, pixels.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.patch_size = patch_size

    def call(self, frames, positions):
        """Cut out the patches; see the class."""
        _, height, width, channels = frames.shape
        num_parts, side = positions.shape[1], self.patch_size
        rows = interpolation_bands(positions[..., 0], height, side)
        columns = interpolation_bands(positions[..., 1], width, side)
        rows = ops.reshape(ops.swapaxes(rows, 2, 3), (-1, num_parts * side, height))
        frames = ops.reshape(frames, (-1, height, width * channels))
        strips = ops.reshape(
            ops.matmul(rows, frames), (-1, num_parts, side, width, channels)
        )
        strips = ops.reshape(
            ops.swapaxes(strips, 3, 4), (-1, num_parts, side * channels, width)
        )
        patches = ops.reshape(
            ops.matmul(strips, columns), (-1, num_parts, side, channels, side)
        )
        return ops.swapaxes(patches, 3, 4)

    def compute_output_shape(self, frames_shape, positions_shape):
        side = self.patch_size
        return (*positions_shape[:2], side, side, frames_shape[-1])

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {"patch_size": self.patch_size}


@keras.saving.register_keras_serializable("keras_drnet")
class WritePatches(keras.layers.Layer):
    """Putting of patches on empty frames; where they overlap, they are added.

    Called with patches `[B, K, P, P, C]` and positions `[B, K, 2]`; returns frames
    `[B, H, W, C]`.
    """

    def __init__(self, image_size, **kwargs):
        """Create the layer.

        Args:
            image_size: side of a frame, H and W, pixels.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.image_size = image_size

    def call(self, patches, positions):
        """Put the patches on a frame; see the class."""
        return put_patches(arrange_patches(patches), positions, self.image_size)

    def compute_output_shape(self, patches_shape, positions_shape):
        return (patches_shape[0], self.image_size, self.image_size, patches_shape[-1])

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {"image_size": self.image_size}


def arrange_patches(patches):
    """Bring patches `[B, K, P, P, C]` into the order of `put_patches`."""
    _, num_parts, side, _, channels = patches.shape
    return ops.reshape(
        ops.swapaxes(patches, 3, 4), (-1, num_parts, side, channels * side)
    )


def put_patches(arranged, positions, image_size):
    """Put patches on empty frames: see `WritePatches`.

    Args:
        arranged: `[B, K, P, C P]`, what `arrange_patches` returned.
        positions: `[B, K, 2]`.
        image_size: side of a frame, H and W, pixels.

    Returns:
        Frames `[B, H, W, C]`.
    """
    _, num_parts, side, width = arranged.shape
    size, channels = image_size, width // side
    rows = interpolation_bands(positions[..., 0], size, side)
    columns = interpolation_bands(positions[..., 1], size, side)
    strips = ops.reshape(
        ops.matmul(rows, arranged), (-1, num_parts, size * channels, side)
    )
    # One product over the columns of all parts adds them up.
    strips = ops.reshape(
        ops.swapaxes(strips, 1, 2), (-1, size * channels, num_parts * side)
    )
    columns = ops.reshape(ops.swapaxes(columns, 2, 3), (-1, num_parts * side, size))
    frames = ops.reshape(ops.matmul(strips, columns), (-1, size, channels, size))
    return ops.swapaxes(frames, 2, 3)


def interpolation_bands(centers, image_size, patch_size):
    """Return the matrices that put the pixels of a patch into a frame, along one axis.

    Args:
        centers: `[B, K]`, one coordinate of the patches' positions.
        image_size: side of the frame, N, pixels.
        patch_size: side of a patch, P, pixels.

    Returns:
        `[B, K, N, P]`: the weight of each pixel of a patch in each of the frame, 1
        where they coincide, falling to 0 at a distance of one pixel.
    """
    corners = (centers + 1.0) * (image_size / 2) - patch_size / 2
    pixels = ops.arange(image_size, dtype="float32")[:, None]
    distance = pixels - ops.arange(patch_size, dtype="float32")
    return ops.relu(1.0 - ops.abs(distance - corners[..., None, None]))
