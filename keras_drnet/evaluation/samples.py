"""Samples of clips for the probes: four frames of each, and their known factors."""

import dataclasses
import typing

import numpy as np
import tensorflow as tf

from keras_drnet.data.images import to_uint8
from keras_drnet.data.pipeline import sampling
from keras_drnet.errors import InputError

BATCH_SIZE = 64  # Clips read at a time.


class Sample(typing.NamedTuple):
    """Frames of some clips and their known factors.

    Attributes:
        indices: int64 `[N]`, indices of the clips.
        times: int32 `[N, K]`, frame numbers.
        clips: int `[N]`, the recording that each clip is a window of.
        frames: uint8 `[N, K, H, W, C]`.
        factors: dict of `Factor`s; empty if the source knows none.
    """

    indices: np.ndarray
    times: np.ndarray
    clips: np.ndarray
    frames: np.ndarray
    factors: dict

    def take(self, mask):
        """Return the sample of those clips for which `mask`, bool `[N]`, is true."""
        factors = {
            name: dataclasses.replace(factor, values=factor.values[mask])
            for name, factor in self.factors.items()
        }
        arrays = (self.indices, self.times, self.clips, self.frames)
        return Sample(*(array[mask] for array in arrays), factors)


def read_sample(source, indices, *, max_step, seed):
    """Read four frames of each clip, chosen as in the training of DrNet.

    Args:
        source: a `ClipSource`.
        indices: int `[N]`, indices of clips.
        max_step: greatest distance in time of the frames of a clip.
        seed: seed of the choice of frames.

    Returns:
        A `Sample`, K = 4.
    """
    indices = tf.constant(indices, tf.int64)
    times = sampling.frame_times(seed, indices, source.clip_length, max_step)
    read = tf.function(source.frames, reduce_retracing=True)
    frames = [
        to_uint8(read(indices[i : i + BATCH_SIZE], times[i : i + BATCH_SIZE]))
        for i in range(0, len(indices), BATCH_SIZE)
    ]
    recordings = source.recording_ids(indices)
    return Sample(
        indices=indices.numpy(),
        times=times.numpy(),
        clips=indices.numpy() if recordings is None else recordings,
        frames=np.concatenate(frames),
        factors=source.factors(indices, times),
    )


def choose_halves(source, num_clips):
    """Choose clips to train and to test probes on.

    Args:
        source: a `ClipSource`.
        num_clips: number of clips to choose.

    Returns:
        `(indices, is_test)`: int `[N]`, indices of clips, N at most `num_clips`, and
        bool `[N]`, whether a clip is for testing; half of them are.

    Raises:
        InputError: there are not enough clips for two halves.
    """
    candidates = np.arange(8 * num_clips)
    halves = source.halves(candidates)
    both = [candidates[halves == half][: num_clips // 2] for half in (0, 1)]
    size = min(map(len, both))
    if size == 0:
        raise InputError(
            "The test clips cannot be divided into two halves, to train and to test "
            "probes on; expected at least 3 test clips. Use more data."
        )
    indices = np.concatenate([half[:size] for half in both])
    return indices, np.arange(2 * size) >= size


def flatten_clips(clips):
    """Return all frames of clips, `[N * K, H, W, C]`."""
    return clips.reshape(-1, *clips.shape[2:])
