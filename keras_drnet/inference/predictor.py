"""Interface of all video predictors: past frames in, future frames out."""

import abc
import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from keras_drnet.checks.frames import check_frames
from keras_drnet.checks.numbers import check_count

Frames = NDArray[np.float32]


class Predictor(abc.ABC):
    """Interface of all video predictors.

    `stream` generates one frame after the other without end; `predict` collects a
    number of them. A subclass implements `_stream` alone, so that all methods run in
    the same programs.

    Attributes:
        frame_shape: `(H, W, C)` of the frames it reads and generates.
    """

    def __init__(self, frame_shape: Iterable[int]) -> None:
        """Hold the shape of a frame, `(H, W, C)`."""
        self.frame_shape = tuple(frame_shape)

    def stream(self, past: ArrayLike) -> Iterator[Frames]:
        """Generate the frames after the observed ones, without end.

        Args:
            past: observed frames `[B, num_past, H, W, C]` in [0, 1], num_past at
                least 1.

        Yields:
            Frames `[B, H, W, C]`, float32 arrays in [0, 1]. Memory use is constant.

        Raises:
            InputError: `past` has another shape, integers, values that are not finite
                or not in [0, 1], or no clip.
        """
        yield from self._stream(self._check_video(past))

    def predict(self, past: ArrayLike, num_future: int) -> Frames:
        """Predict a number of frames.

        Args:
            past: observed frames `[B, num_past, H, W, C]` in [0, 1].
            num_future: number of frames to predict, at least 0.

        Returns:
            float32 array `[B, num_future, H, W, C]` in [0, 1].

        Raises:
            InputError: `past` as for `stream`, or `num_future` is below 0.
        """
        check_count(num_future, "num_future", 0)
        video = self._check_video(past)
        frames = list(itertools.islice(self._stream(video), num_future))
        if not frames:
            return np.zeros((video.shape[0], 0, *self.frame_shape), np.float32)
        return np.stack(frames, axis=1)

    @abc.abstractmethod
    def _stream(self, past: tf.Tensor) -> Iterator[Frames]:
        """Generate the frames after `past`, a checked tensor."""

    def _check_video(self, past: ArrayLike) -> tf.Tensor:
        axes = (("B", "num_past"),)
        return tf.constant(
            check_frames(past, "The observed frames", self.frame_shape, axes)
        )
