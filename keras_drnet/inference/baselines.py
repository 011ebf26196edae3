"""Baselines: predictors without training, which every method has to beat."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_drnet.inference.predictor import Frames, Predictor


class CopyLastFrame(Predictor):
    """Repeats the last observed frame."""

    def _stream(self, past: tf.Tensor) -> Iterator[Frames]:
        last: Frames = past[:, -1].numpy()
        while True:
            yield last


class MeanFrame(Predictor):
    """Repeats the mean frame of the training data, whatever was observed."""

    def __init__(self, mean_frame: ArrayLike) -> None:
        """Hold the frame, `[H, W, C]` in [0, 1]."""
        super().__init__(np.shape(mean_frame))
        self._mean_frame = np.asarray(mean_frame, np.float32)

    def _stream(self, past: tf.Tensor) -> Iterator[Frames]:
        frames = np.broadcast_to(self._mean_frame, (len(past), *self.frame_shape))
        while True:
            yield frames
