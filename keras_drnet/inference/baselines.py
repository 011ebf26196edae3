"""Baselines: predictors without training, which every method has to beat."""

import numpy as np

from keras_drnet.inference.predictor import Predictor


class CopyLastFrame(Predictor):
    """Repeats the last observed frame."""

    def _stream(self, past):
        last = past[:, -1].numpy()
        while True:
            yield last


class MeanFrame(Predictor):
    """Repeats the mean frame of the training data, whatever was observed."""

    def __init__(self, mean_frame):
        """Hold the frame, `[H, W, C]` in [0, 1]."""
        super().__init__(np.shape(mean_frame))
        self._mean_frame = np.asarray(mean_frame, np.float32)

    def _stream(self, past):
        frames = np.broadcast_to(self._mean_frame, (len(past), *self.frame_shape))
        while True:
            yield frames
