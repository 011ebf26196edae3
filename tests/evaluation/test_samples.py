"""Samples of clips, their halves and their codes."""

import numpy as np
import tensorflow as tf

from keras_drnet.data.load import load_source
from keras_drnet.evaluation.samples import choose_halves, read_sample
from tests.support.plain_source import PlainSource


def test_a_sample_has_the_frames_and_factors_of_its_times(tiny):
    source = load_source(tiny, "test")
    indices, is_test = choose_halves(source, 70)
    assert len(indices) == 70 and is_test.sum() == 35
    ids = source.digit_ids(tf.constant(indices)).numpy()
    assert not set(ids[is_test].ravel()) & set(ids[~is_test].ravel())
    sample = read_sample(source, indices, max_step=tiny.data.max_step, seed=0)
    assert sample.frames.shape == (70, 4, 32, 32, 3)
    expected = source.frames(indices, sample.times).numpy() * 255
    np.testing.assert_allclose(sample.frames, expected, atol=0.51)
    corners = source.positions(tf.constant(indices)).numpy()
    found = np.take_along_axis(corners, sample.times[:, :, None, None], axis=1)
    np.testing.assert_array_equal(sample.factors["y_1"].values, found[:, :, 0, 0])


def test_clips_without_halves_are_divided_by_their_index():
    indices, is_test = choose_halves(PlainSource(), 10)
    assert len(set(indices)) == 10 and is_test.sum() == 5
