"""Defaults of sources of clips: those of a source that only draws frames."""

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data.clip_source import ClipSource


class Blank(ClipSource):
    clip_length = 4

    def frames(self, indices, times):
        return tf.zeros((*np.shape(times), 8, 8, 1))


def test_defaults_of_a_source_that_only_draws_frames():
    indices, times = np.arange(6), np.zeros((6, 2), np.int32)
    assert Blank().factors(indices, times) == {}
    assert Blank().halves(indices).tolist() == [0, 1, 0, 1, 0, 1]
    assert Blank().recording_ids(indices) is None
    assert Blank().longest_window(5) is None
    assert Blank().swapped_frames(indices, indices[::-1], times) is None


def test_a_source_must_draw_frames():
    with pytest.raises(TypeError, match="frames"):
        ClipSource()
