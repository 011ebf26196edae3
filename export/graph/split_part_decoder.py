"""A trained decoder of parts, split into a part for each content and one for each pose.

Where a pose is positions alone, the patches depend on the content alone: they are drawn
once, and a frame takes two small matrix products for each part.
"""

import tensorflow as tf

from keras_drnet.models.part_decoder import PartComposition
from keras_drnet.models.part_poses import position_indices, split_pose
from keras_drnet.models.patches import arrange_patches, put_patches

from .split_decoder import SplitDecoder


class SplitPartDecoder(tf.Module):
    """The decoder of parts of trained networks, for inference: see `SplitDecoder`.

    Attributes:
        map_shapes: shape of each content map: the patches as `arrange_patches`
            returns them, `[K, P, (C + 1) P]`, and their `Centroids`, `[K, 2]`, where
            parts are centered; or what content adds to the layers that draw them where
            the pose has residuals.
    """

    def __init__(self, decoder, pose_dim):
        """Fold the weights of a decoder.

        Args:
            decoder: a model of `keras_drnet.models.part_decoder`.
            pose_dim: length Dp of the pose.
        """
        super().__init__(name="split_part_decoder")
        patch_decoder = decoder.get_layer("patch_decoder")
        self._color = decoder.get_layer("color_and_mass")
        self._compose = decoder.get_layer("frame")
        self._image_size = decoder.output.shape[1]
        layers = {layer.name: layer for layer in decoder.layers}
        self._centroids = layers.get("centroids")  # None: parts are not centered.
        # Held as a plain variable, as the other weights are.
        self._background = [weight.value for weight in self._compose.weights]
        (content, _), _ = decoder.input
        code, *residual = patch_decoder.inputs
        self._code_dim = code.shape[-1]
        self._num_parts = content.shape[-1] // self._code_dim
        self._residual_dim = pose_dim // self._num_parts - 2
        self._patch_shape = patch_decoder.output.shape[1:]
        self._draw = SplitDecoder(patch_decoder, self._residual_dim or self._code_dim)
        side, _, channels = self._patch_shape
        shapes = self._draw.map_shapes if residual else [(side, channels * side)]
        if self._centroids and not residual:
            shapes.append((2,))
        self.map_shapes = [(self._num_parts, *shape) for shape in shapes]

    @property
    def positions(self):
        """For each part, the indices of its row and its column in a pose."""
        return position_indices(self._num_parts)

    @tf.Module.with_name_scope
    def content_maps(self, content, skips):
        """Compute all that depends on content alone: see `SplitDecoder`."""
        codes = tf.reshape(content, (-1, self._code_dim))
        if not self._residual_dim:
            return self._drawn(self._draw.frame(codes, []))
        maps = self._draw.content_maps(codes, skips)
        return [
            tf.reshape(value, (-1, *shape))
            for value, shape in zip(maps, self.map_shapes, strict=True)
        ]

    @tf.Module.with_name_scope
    def frame(self, pose, content_maps):
        """Decode a pose `[B, Dp]`: see `SplitDecoder`."""
        parts = split_pose(pose, self._num_parts)
        if self._residual_dim:
            residuals = tf.reshape(parts[..., 2:], (-1, self._residual_dim))
            maps = [tf.reshape(m, (-1, *m.shape[2:])) for m in content_maps]
            content_maps = self._drawn(self._draw.frame(residuals, maps))
        positions = parts[..., :2]
        if self._centroids:
            positions -= content_maps[1]
        return self._compose(put_patches(content_maps[0], positions, self._image_size))

    def _drawn(self, logits):
        """Return patches of logits `[B K, P, P, C + 1]`, arranged, and centroids."""
        patches = self._color(logits)
        patches = tf.reshape(patches, (-1, self._num_parts, *self._patch_shape))
        drawn = [arrange_patches(patches)]
        if self._centroids:
            drawn.append(self._centroids(patches))
        return drawn


def draws_parts(decoder):
    """Return whether a decoder is one of parts."""
    return any(isinstance(layer, PartComposition) for layer in decoder.layers)
