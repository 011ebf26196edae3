"""The pose LSTM's ways of prediction: a pose or its change, with content or without."""

import numpy as np
import pytest
from keras import ops

from keras_drnet.models.part_poses import poses_as_rows
from keras_drnet.models.pose_lstm import CHANGE_SCALE, build_pose_lstm
from keras_drnet.models.pose_rollout import initial_state, observe

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


def roll(lstm, poses, content):
    poses, content = map(ops.convert_to_tensor, (poses, content))
    return observe(lstm, poses, content, initial_state(lstm, poses[:, 0]))


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


@pytest.mark.parametrize("num_parts", [1, 2])
def test_changes_alone_predict_what_moves_steadily(rng, codes, num_parts):
    lstm = make(predicts_change=True, reads_changes=2, num_parts=num_parts)
    for name in ("next_pose", "linear_prediction"):
        layer = lstm.get_layer(name)
        layer.set_weights([np.zeros(w.shape) for w in layer.get_weights()])
    kernel, part_dim = layer.kernel.numpy(), POSE_DIM // num_parts
    kernel[-part_dim:] = np.eye(part_dim) / CHANGE_SCALE  # The last change, once more.
    layer.set_weights([kernel])
    first, content = codes
    velocity = rng.normal(size=first.shape).astype("float32")
    poses = first[:, None] + velocity[:, None] * np.arange(6, dtype="float32")[:, None]
    next_poses, _ = roll(lstm, poses[:, :5], content)
    np.testing.assert_allclose(next_poses[:, 0], poses[:, 0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(next_poses[:, 1:], poses[:, 2:], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("num_parts", [1, 2])
def test_the_state_has_the_last_poses_part_by_part(rng, codes, num_parts):
    lstm = make(predicts_change=True, reads_changes=2, num_parts=num_parts)
    poses = rng.normal(size=(3, 4, POSE_DIM)).astype("float32")
    _, state = roll(lstm, poses, codes[1])
    normalization = lstm.get_layer("pose_range")
    rows = [poses_as_rows(normalization(poses[:, t]), num_parts) for t in (2, 3)]
    expected = np.concatenate(rows, axis=-1).reshape(3, -1)
    np.testing.assert_allclose(state[-1][0], expected, rtol=1e-5)
