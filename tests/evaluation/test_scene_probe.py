"""A fresh scene discriminator on poses with known content."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.data.factors import Factor
from keras_drnet.errors import InputError
from keras_drnet.evaluation.scene_probe import (
    draw_pairs,
    fresh_scene_accuracy,
    true_poses,
)


def walks(rng, num_clips, *, of_clip):
    """Poses that are a new number in each frame, or one and the same in a clip."""
    shape = (num_clips, 1 if of_clip else 4, 3)
    return np.broadcast_to(rng.normal(size=shape), (num_clips, 4, 3))


@pytest.mark.parametrize("of_clip", [False, True])
def test_a_fresh_discriminator_tells_clips_apart_by_their_content(rng, of_clip):
    poses = [walks(rng, 300, of_clip=of_clip) for _ in range(2)]
    clips = np.arange(300)
    accuracy = fresh_scene_accuracy(poses[0], clips, poses[1], clips, num_steps=250)
    assert accuracy > 0.9 if of_clip else abs(accuracy - 0.5) < 0.03


@settings(max_examples=20)
@given(
    clips=st.lists(st.integers(0, 3), min_size=2, max_size=9).filter(
        lambda clips: len(set(clips)) > 1
    ),
    num_times=st.integers(2, 4),
    seed=st.integers(0, 99),
)
def test_pairs_are_of_one_window_or_of_two_clips(clips, num_times, seed):
    clips = np.array(clips)
    names = np.arange(len(clips) * num_times).reshape(len(clips), num_times, 1)
    pairs = draw_pairs(np.random.default_rng(seed), names, clips, 50)
    pose, same, different = (names[:, 0] for names in pairs)
    assert np.all(pose // num_times == same // num_times) and np.all(pose != same)
    assert np.all(clips[pose // num_times] != clips[different // num_times])


@pytest.mark.parametrize("shape", [(3, 1, 2), (3, 4, 2)])
def test_too_few_frames_or_clips_for_pairs_are_reported(rng, shape):
    with pytest.raises(InputError, match="frames of 1 clips. Expected at least 2"):
        draw_pairs(rng, np.zeros(shape), np.zeros(3), 5)


def test_true_poses_are_the_dynamic_factors(rng):
    phase, height = rng.integers(0, 8, (60, 3)), rng.normal(size=(60, 3))
    who = Factor(np.arange(60) % 6, "static", tuple("abcdef"))
    factors = {
        "who": who,
        "phase": Factor(phase, "dynamic", tuple(map(str, range(8)))),
        "height": Factor(height, "dynamic"),
        "still": Factor(np.zeros((60, 3)), "dynamic"),
    }
    poses = true_poses(factors, 3)
    expected = [np.eye(8)[phase], height[..., None], np.zeros((60, 3, 1))]
    np.testing.assert_array_equal(poses, np.concatenate(expected, axis=-1))
    assert true_poses({"who": who}, 3) is None
