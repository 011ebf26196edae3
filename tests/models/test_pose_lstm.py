"""The pose LSTM's ways of prediction: a pose or its change, with content or without."""

import numpy as np
import pytest

from keras_drnet.models.pose_lstm import build_pose_lstm

POSE_DIM, CONTENT_DIM, UNITS = 6, 4, 5


def make(**options):
    """Builds an LSTM with a normalization that is fitted, and random weights."""
    lstm = build_pose_lstm(POSE_DIM, CONTENT_DIM, UNITS, **options)
    rng = np.random.default_rng(0)
    lstm.set_weights([rng.normal(size=w.shape) for w in lstm.get_weights()])
    lstm.get_layer("pose_range").adapt(rng.normal(0.2, 0.3, (100, POSE_DIM)))
    return lstm


def step(lstm, rng, pose, content, num_parts=1):
    shape = (len(pose), num_parts * UNITS)
    state = tuple(tuple(rng.normal(size=(2, *shape)).astype("float32")) for _ in "12")
    return np.array(lstm((pose, content, state))[0])


@pytest.fixture
def codes(rng):
    return (
        rng.normal(size=(3, POSE_DIM)).astype("float32"),
        rng.normal(size=(3, CONTENT_DIM)).astype("float32"),
    )


@pytest.mark.parametrize("num_parts", [1, 2])
def test_a_change_of_nothing_leaves_every_pose_where_it_is(rng, codes, num_parts):
    lstm = make(predicts_change=True, num_parts=num_parts)
    last = lstm.get_layer("next_pose")
    last.set_weights([np.zeros(w.shape) for w in last.get_weights()])
    pose, content = codes
    far = 10 * pose  # Further than a tanh reaches.
    np.testing.assert_allclose(
        step(lstm, rng, far, content, num_parts), far, rtol=1e-5, atol=1e-5
    )


def test_a_change_is_added_to_the_normalized_pose(rng, codes):
    lstm = make(predicts_change=True)
    last, scale = lstm.get_layer("next_pose"), lstm.get_layer("pose_range").scale
    kernel, _ = last.get_weights()
    bias = rng.normal(size=POSE_DIM)
    last.set_weights([np.zeros(kernel.shape), bias])
    pose, content = codes
    np.testing.assert_allclose(
        step(lstm, rng, pose, content), pose + bias * scale, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("reads_content", [True, False])
def test_content_is_read_or_not(codes, reads_content):
    lstm = make(reads_content=reads_content)
    pose, content = codes
    one, other = (
        step(lstm, np.random.default_rng(1), pose, c) for c in (content, -content)
    )
    assert np.array_equal(one, other) != reads_content
