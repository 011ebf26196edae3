"""Swapped frames, the content of one clip in the pose of another, before a judge.

The judge has never seen a swapped frame: it has learnt from real ones what a garment
or a direction looks like, and says which factors came from which clip.
"""

import numpy as np

from keras_drnet.evaluation.codes import BLOCK, flat
from keras_drnet.evaluation.judge import Judge, share

NUM_PAIRS = 1024  # Swapped frames that are judged.
EPOCHS = 6  # How often a judge sees each frame that it learns from.


def train_judge(train, names, *, seed=0):
    """Train a judge of factors on real frames.

    Args:
        train: a `Sample` of the training split.
        names: factors of it to tell, at least one.
        seed: seed of the judge.

    Returns:
        A `Judge`.
    """
    classes = {name: train.factors[name].classes for name in names}
    judge = Judge(train.frames.shape[2:], classes, seed=seed)
    labels = {name: _classes_by_frame(train, name).ravel() for name in names}
    judge.fit(flat(train.frames), labels, epochs=EPOCHS)
    return judge


def judge_swaps(judge, predictor, test, *, num_pairs=NUM_PAIRS):
    """Judge frames with the content of one clip and the pose of another.

    Args:
        judge: a trained `Judge`.
        predictor: a `VideoPredictor`.
        test: a `Sample` of the test split.
        num_pairs: swapped frames; which ones are swapped is always the same.

    Returns:
        A dict by factor: `kind`, `real`, the share of real test frames that the
        judge gets right, and what `swap_shares` returned.
    """
    content, pose = (
        tuple(pair.T)
        for pair in swap_pairs(test.clips, test.frames.shape[1], num_pairs)
    )
    real = judge.judge(test.frames[content])
    swapped = judge.judge(_swap(predictor, test.frames[content], test.frames[pose]))
    results = {}
    for name in judge.classes:
        kind, values = test.factors[name].kind, _classes_by_frame(test, name)
        results[name] = {
            "kind": kind,
            "real": float(np.mean(real[name] == values[content])),
        } | swap_shares(kind, swapped[name], values[content], values[pose])
    return results


def judge_digit_swaps(judge, predictor, source, test, *, num_pairs=NUM_PAIRS):
    """Judge swapped frames of Moving MNIST, where the true ones can be drawn.

    Args:
        judge: a trained `DigitJudge`.
        predictor: a `VideoPredictor`.
        source: the `MovingMNIST` of the test split.
        test: a `Sample` of it.
        num_pairs: swapped frames.

    Returns:
        A dict by factor: `digit_<n>`, as in `judge_swaps` but that `real` is of
        frames drawn with the digits of one clip in the places of the other, and
        `position_<n>`, of which `swapped` is the share of digits within 3 pixels (of
        64) of where they are in the drawn frame.
    """
    content, pose = swap_pairs(test.clips, test.times.shape[1], num_pairs)
    (i, k), (j, m) = content.T, pose.T
    times = test.times[j, m][:, None]
    drawn = source.swapped_frames(test.indices[i], test.indices[j], times)[:, 0]
    real, true_places = judge.read(drawn)
    swapped, places = judge.read(_swap(predictor, test.frames[i, k], test.frames[j, m]))
    results = {}
    for n in range(judge.num_digits):
        labels = test.factors[f"digit_{n + 1}"].values
        results[f"digit_{n + 1}"] = {
            "kind": "static",
            "real": float(np.mean(real[:, n] == labels[i])),
        } | swap_shares("static", swapped[:, n], labels[i], labels[j])
        near = judge.is_near(places[:, n], true_places[:, n])
        results[f"position_{n + 1}"] = {
            "kind": "dynamic",
            "swapped": share(near, real[:, n] >= 0),
        }
    return results


def judged_factors(train_factors, test_factors):
    """Choose the factors that a judge of one split can tell in the other.

    Args:
        train_factors: dict of `Factor`s of the training split.
        test_factors: dict of `Factor`s of the test split.

    Returns:
        The names of those with at least two classes, the same in both splits: not
        who or which object it is, if those for testing are others.
    """
    return [
        name
        for name, factor in train_factors.items()
        if factor.classes > 1 and factor.names == test_factors[name].names
    ]


def swap_pairs(clips, num_times, count, *, seed=0):
    """Draw the pairs of frames whose content and pose are put together.

    Args:
        clips: int `[N]`, which clip each window is of; at least two differ.
        num_times: frames of a window.
        count: pairs to draw.
        seed: the same seed gives the same pairs.

    Returns:
        Two int arrays `[count, 2]`, window and frame: those that give the content,
        and those, of other clips, that give the pose.
    """
    rng = np.random.default_rng(seed)
    content = rng.integers((len(clips), num_times), size=(count, 2))
    pose = rng.integers((len(clips), num_times), size=(count, 2))
    while np.any(clash := clips[content[:, 0]] == clips[pose[:, 0]]):
        pose[clash, 0] = rng.integers(len(clips), size=clash.sum())
    return content, pose


def swap_shares(kind, judged, content_classes, pose_classes):
    """Say whose factor swapped frames show, where the two frames differ in it.

    Args:
        kind: `"static"`, a factor that ought to come from the content, or
            `"dynamic"`, one that ought to come from the pose.
        judged: int `[N]`, what the judge sees in the swapped frames.
        content_classes: int `[N]`, what the content frames show.
        pose_classes: int `[N]`, what the pose frames show.

    Returns:
        A dict of shares of the pairs that differ, `None` if none does: `swapped`
        show the factor of the frame that it ought to come from, and `other` that of
        the other frame. What is left shows neither.
    """
    differ = content_classes != pose_classes
    right, wrong = content_classes, pose_classes
    if kind == "dynamic":
        right, wrong = wrong, right
    return {
        "swapped": share(judged == right, differ),
        "other": share(judged == wrong, differ),
    }


def _swap(predictor, content_frames, pose_frames):
    """Return reconstructions, float32, of uint8 frames, some at a time."""
    pairs = np.stack([content_frames, pose_frames])
    blocks = [
        predictor.reconstruct(*(pairs[:, i : i + BLOCK].astype(np.float32) / 255))
        for i in range(0, len(content_frames), BLOCK)
    ]
    return np.concatenate(blocks)


def _classes_by_frame(sample, name):
    return sample.factors[name].by_frame(sample.frames.shape[1])
