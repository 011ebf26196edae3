"""Frames of clips, four of each as in training, what is known of them, their codes."""

import typing

import numpy as np
import tensorflow as tf

from keras_drnet.data.images import to_uint8
from keras_drnet.data.pipeline import sampling
from keras_drnet.errors import InputError

BLOCK = 64  # Clips, of four frames, that are worked on at a time.


class Sample(typing.NamedTuple):
    """Frames of some clips and what is known of them.

    Attributes:
        indices: int64 `[N]`, their numbers.
        times: int32 `[N, K]`, numbers of the frames.
        clips: int `[N]`, which clip each is a window of.
        frames: uint8 `[N, K, H, W, C]`.
        factors: dict of `Factor`s; empty where the source knows none.
    """

    indices: np.ndarray
    times: np.ndarray
    clips: np.ndarray
    frames: np.ndarray
    factors: dict


def read_sample(source, indices, *, max_step, seed):
    """Read the frames of clips that DrNet would be trained on, four of each.

    Args:
        source: source of clips.
        indices: int `[N]`, numbers of clips.
        max_step: greatest distance in time of the frames of a clip.
        seed: seed of the choice of frames.

    Returns:
        A `Sample`, K = 4.
    """
    indices = tf.constant(indices, tf.int64)
    times = sampling.frame_times(seed, indices, source.clip_length, max_step)
    read = tf.function(source.frames, reduce_retracing=True)
    frames = [
        to_uint8(read(indices[i : i + BLOCK], times[i : i + BLOCK]))
        for i in range(0, len(indices), BLOCK)
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
    """Choose clips for the probes.

    Args:
        source: a `ClipSource`.
        num_clips: clips to choose.

    Returns:
        `(indices, is_test)`: int `[N]`, numbers of clips, N at most `num_clips`, and
        bool `[N]`: half of them teach the probes, half test them.

    Raises:
        InputError: there are not enough clips for two halves.
    """
    candidates = np.arange(8 * num_clips)
    halves = source.halves(candidates)
    both = [candidates[halves == half][: num_clips // 2] for half in (0, 1)]
    size = min(map(len, both))
    if size == 0:
        raise InputError(
            "The test clips cannot be divided in two halves, one to teach probes and "
            "one to test them; expected at least 3 test clips. Use more data."
        )
    indices = np.concatenate([half[:size] for half in both])
    return indices, np.arange(2 * size) >= size


def encode(encoder, frames):
    """Encode the frames of clips.

    Args:
        encoder: a content or pose encoder.
        frames: uint8 `[N, K, H, W, C]`.

    Returns:
        float32 `[N, K, D]`.
    """
    all_frames, codes = flat(frames), []
    for i in range(0, len(all_frames), 4 * BLOCK):
        block = all_frames[i : i + 4 * BLOCK].astype(np.float32) / 255
        code = encoder(block, training=False)
        # A content encoder returns its skips too.
        codes.append(np.asarray(code[0] if isinstance(code, tuple) else code))
    return np.concatenate(codes).reshape(*frames.shape[:2], -1)


def flat(clips):
    """Return all frames of clips, `[N * K, H, W, C]`, one after the other."""
    return clips.reshape(-1, *clips.shape[2:])
