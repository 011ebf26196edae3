"""Drift: a chaotic system that is right passes, a file that is wrong does not."""

import dataclasses

import numpy as np
import pytest

from export import drift

SIZE = 16


class LogisticMap:
    """A bundle whose pose is chaotic: x becomes `rate * x * (1 - x)`.

    A frame has a bar at x. Differences grow by some 1.6 times a frame.
    """

    def __init__(self, *, rate=3.9, noise=0.0, frozen_after=None):
        self.rate, self.noise, self.frozen_after = rate, noise, frozen_after
        self.steps = 0

    def __call__(self, function, inputs):
        if function == "prime":
            self.steps = 0
            return {"pose": inputs["past"][:, -1, 0, 0] + self.noise}
        self.steps += 1
        pose, frame = inputs["pose"], self.frame(inputs["pose"])
        if self.frozen_after is None or self.steps <= self.frozen_after:
            pose = self.rate * pose * (1 - pose) + self.noise
        return {"frame": frame, "pose": pose}

    @staticmethod
    def frame(pose):
        distance = np.arange(SIZE) - pose * (SIZE - 1)
        bar = np.maximum(1 - np.abs(distance) / 3, 0)
        return np.tile(bar[None, None, :, None], (1, SIZE, 1, 1))


def free_frames(model, past):
    """Returns the frames of free roll-outs, `[B, N, H, W, C]`."""
    frames = []
    for clip in past:
        tensors, row = model("prime", {"past": clip[None]}), []
        for _ in range(drift.NUM_FRAMES):
            tensors = model("step", tensors)
            row.append(tensors.pop("frame")[0])
        frames.append(row)
    return np.array(frames)


@pytest.fixture(scope="module")
def reference():
    past = np.random.default_rng(0).uniform(0.2, 0.8, (4, 1, 1, 1))
    states, poses = [], past[:, -1, 0, 0]
    for _ in range(drift.NUM_FRAMES):
        states.append({"pose": poses})
        poses = 3.9 * poses * (1 - poses)
    return drift.Reference(past, free_frames(LogisticMap(), past), tuple(states))


def measure(model, reference):
    frames = free_frames(model, reference.past)
    return (
        drift.restarted_psnr(model, reference),
        drift.free_psnr(frames, reference),
        drift.is_alive(frames, reference),
    )


def test_the_system_itself_agrees_with_itself(reference):
    restarted, free, alive = measure(LogisticMap(), reference)
    assert restarted > 150 and free > 150 and alive


def test_rounding_changes_the_path_of_chaos_and_is_accepted(reference):
    restarted, free, alive = measure(LogisticMap(noise=1e-6), reference)
    assert free < 20, (
        "a frame on another path has little in common with the reference's"
    )
    assert restarted > 60 and alive


def test_another_system_is_refused(reference):
    restarted, _, _ = measure(LogisticMap(rate=3.7), reference)
    assert restarted < 25


def test_roll_outs_that_freeze_are_refused(reference):
    """Each restart is too short to see it."""
    frames = free_frames(LogisticMap(frozen_after=75), reference.past)
    assert not drift.is_alive(frames, reference)


def test_a_video_that_stands_still_may_tremble_invisibly(reference):
    still = dataclasses.replace(
        reference, frames=np.repeat(reference.frames[:, :1], drift.NUM_FRAMES, axis=1)
    )
    noise = np.random.default_rng(0).normal(0, 2e-4, still.frames.shape)
    assert drift.is_alive(still.frames + noise, still)
    assert not drift.is_alive(still.frames + 10 * noise, still)


def test_frames_that_fade_or_are_none_are_refused(reference):
    assert drift.is_alive(reference.frames, reference)
    assert not drift.is_alive(0.7 * reference.frames, reference)
    assert not drift.is_alive(np.nan * reference.frames, reference)
