"""Spatial soft arg-max: the position on a map at which each filter responds."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("keras_drnet")
class SpatialSoftArgmax(keras.layers.Layer):
    """Spatial soft arg-max: each filter's map is reduced to one position.

    The position is the mean of the map's coordinates, weighted by the softmax of the
    filter's responses; it lies between pixels, and the appearance is lost. Input
    `[B, H, W, K]`; output `[B, K, 2]`, (y, x), from -1, the middle of the first row or
    column, to 1, that of the last.

    Reference: Finn et al., "Deep spatial autoencoders for visuomotor learning", ICRA
    2016, section IV.
    """

    def build(self, shape):
        _, height, width, _ = shape
        rows, columns = np.meshgrid(
            np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij"
        )
        coordinates = np.stack([rows.ravel(), columns.ravel()], axis=1)
        self._coordinates = coordinates.astype("float32")  # [H W, 2]

    def call(self, maps):
        _, height, width, num_filters = maps.shape
        maps = ops.reshape(
            ops.transpose(maps, (0, 3, 1, 2)), (-1, num_filters, height * width)
        )
        weights = ops.softmax(maps, axis=-1)
        return ops.matmul(weights, ops.cast(self._coordinates, weights.dtype))

    def compute_output_shape(self, shape):
        return (shape[0], shape[-1], 2)
