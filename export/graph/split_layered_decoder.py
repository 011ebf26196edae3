"""A trained decoder of layers, split into parts for each content and for each pose.

The background and all that a part's maps add to the layers that draw it are computed
once. A frame takes those layers, two small matrix products for each part, and the
convolutions that make pixels of both layers.
"""

import tensorflow as tf

from keras_drnet.models.layered_decoder import LayerComposition
from keras_drnet.models.part_poses import position_indices, split_pose

from .split_decoder import SplitDecoder


class SplitLayeredDecoder(tf.Module):
    """The decoder of layers of trained networks, for inference: see `SplitDecoder`.

    Attributes:
        map_shapes: shape of each content map: what content adds to the layers that draw
            a part, `[K, ...]` each, the background's features, and the frame whose
            pixels are kept.
    """

    def __init__(self, decoder, pose_dim):
        """Fold the weights of a decoder.

        Args:
            decoder: a model of `keras_drnet.models.layered_decoder`.
            pose_dim: length Dp of the pose.
        """
        super().__init__(name="split_layered_decoder")
        painter, pixels = map(decoder.get_layer, ("part_painter", "pixel_painter"))
        self._activate, self._write, self._compose, self._keep = map(
            decoder.get_layer, ("features_and_mask", "parts", "layers", "frame")
        )
        (content, (frame, background, *_)), _ = decoder.input
        code, residual, *_ = painter.inputs
        self._code_dim, self._residual_dim = code.shape[-1], residual.shape[-1]
        self._num_parts = content.shape[-1] // self._code_dim
        self._painted_shape = painter.output.shape[1:]
        self._draw = SplitDecoder(painter, self._residual_dim)
        _, side, _, channels = pixels.input.shape
        self._make_pixels = SplitDecoder(pixels, channels, side)
        self.map_shapes = [(self._num_parts, *s) for s in self._draw.map_shapes]
        self.map_shapes += [background.shape[1:], frame.shape[1:]]

    @property
    def positions(self):
        """For each part, the indices of its row and its column in a pose."""
        return position_indices(self._num_parts)

    @tf.Module.with_name_scope
    def content_maps(self, content, skips):
        """Compute all that depends on content alone: see `SplitDecoder`."""
        frame, background, *maps = skips
        codes = tf.reshape(content, (-1, self._code_dim))
        maps = [tf.reshape(m, (-1, *m.shape[2:])) for m in maps]
        drawn = [
            tf.reshape(value, (-1, self._num_parts, *value.shape[1:]))
            for value in self._draw.content_maps(codes, maps)
        ]
        return [*drawn, background, frame]

    @tf.Module.with_name_scope
    def frame(self, pose, content_maps):
        """Decode a pose `[B, Dp]`: see `SplitDecoder`."""
        *maps, background, frame = content_maps
        maps = [tf.reshape(m, (-1, *m.shape[2:])) for m in maps]
        parts = split_pose(pose, self._num_parts)
        residuals = tf.reshape(parts[..., 2:], (-1, self._residual_dim))
        x = self._activate(self._draw.frame(residuals, maps))
        x = tf.reshape(x, (-1, self._num_parts, *self._painted_shape))
        x = self._compose(self._write(x, parts[..., :2]), background)
        return self._keep(self._make_pixels.frame(x, []), frame)


def draws_layers(decoder):
    """Return whether a decoder is one of layers."""
    return any(isinstance(layer, LayerComposition) for layer in decoder.layers)
