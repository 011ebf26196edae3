"""Comparable runs, and clips as long as the data allow."""

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data.clips import ClipEntry
from keras_drnet.data.pipeline.windows import ClipsInMemory, MemoryClips
from keras_drnet.errors import InputError
from keras_drnet.evaluation import comparison
from tests.support.networks import lively_networks, save_run


def test_only_runs_on_the_same_frames_are_compared(tmp_path, tiny):
    networks = lively_networks(tiny)
    run = save_run(tmp_path / "one", tiny, networks)
    same = save_run(tmp_path / "two", tiny, networks)
    both = comparison.load_predictors([run, same])
    assert list(both) == ["DrNet", "DrNet (two)"]
    for key, value in (("num_past", 2), ("num_objects", 3)):
        other = tiny.with_overrides([f"data.{key}={value}"])
        other_run = save_run(tmp_path / key, other, networks)
        with pytest.raises(InputError, match=rf"{key} has data\.{key} {value}, but"):
            comparison.load_predictors([run, other_run])


def test_clips_are_as_long_as_enough_recordings_are(monkeypatch, tiny):
    lengths = [4, 9, 7, 7, 5]
    frames = np.concatenate([np.arange(n) for n in lengths])[:, None, None, None]
    clips = MemoryClips(
        [ClipEntry(f"clip_{i}", {}, n, False) for i, n in enumerate(lengths)],
        tf.constant(np.cumsum([0, *lengths[:-1]])),
        tf.constant(frames.astype(np.uint8)),
    )
    monkeypatch.setattr(
        comparison,
        "load_source",
        lambda _, split, clip_length: ClipsInMemory(
            clips, split=split, clip_length=clip_length
        ),
    )
    for num_clips, num_frames, expected in (
        (1, 50, 9),
        (1, 6, 6),
        (3, 50, 7),
        (5, 50, 4),
        (9, 50, 4),
    ):
        found = comparison.longest_clips(
            tiny, num_frames, first_clip=0, num_clips=num_clips
        )
        assert found.shape[:2] == (num_clips, expected)
