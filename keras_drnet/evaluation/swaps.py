"""Swapped frames, the content of one clip in the pose of another, classified.

The classifier is trained on real frames alone. It tells which factors of a swapped
frame come from the clip that gave the content, and which from the one that gave the
pose.
"""

import numpy as np

from keras_drnet.evaluation.frame_classifier import FrameClassifier, masked_mean
from keras_drnet.evaluation.samples import flatten_clips

NUM_PAIRS = 1024  # Swapped frames to classify.
BATCH_SIZE = 64  # Frames swapped at a time.
EPOCHS = 6


def train_classifier(train, names, *, seed=0):
    """Train a classifier of factors on real frames.

    Args:
        train: a `Sample`, of other clips than those to classify.
        names: names of the factors to classify, at least one.
        seed: seed of the classifier.

    Returns:
        A `FrameClassifier`.
    """
    classes = {name: train.factors[name].classes for name in names}
    classifier = FrameClassifier(classes, seed=seed)
    labels = {name: _classes_by_frame(train, name).ravel() for name in names}
    classifier.fit(flatten_clips(train.frames), labels, epochs=EPOCHS)
    return classifier


def classify_swaps(classifier, predictor, test, *, num_pairs=NUM_PAIRS):
    """Classify frames with the content of one clip and the pose of another.

    Args:
        classifier: a trained `FrameClassifier`.
        predictor: a `VideoPredictor`.
        test: a `Sample` of the test split.
        num_pairs: number of swapped frames; the same ones in every call.

    Returns:
        A dict by factor: `kind`, `real`, the accuracy on real test frames, and what
        `swap_accuracy` returned.
    """
    content, pose = (
        tuple(pair.T)
        for pair in swap_pairs(test.clips, test.frames.shape[1], num_pairs)
    )
    real = classifier.classify(test.frames[content])
    swapped = classifier.classify(
        _swap(predictor, test.frames[content], test.frames[pose])
    )
    results = {}
    for name in classifier.classes:
        kind, values = test.factors[name].kind, _classes_by_frame(test, name)
        results[name] = {
            "kind": kind,
            "real": float(np.mean(real[name] == values[content])),
        } | swap_accuracy(kind, swapped[name], values[content], values[pose])
    return results


def classify_recorded_swaps(predictor, train, test, is_test, *, seed=0):
    """Classify swapped frames of recorded clips, by all factors that can be learned.

    Classifiers learn from the training split. The classes of some factors, such as the
    identity of people, are of one split alone: those are learned from one half of the
    test clips, and frames of the other half are swapped.

    Args:
        predictor: a `VideoPredictor`.
        train: a `Sample` of the training split.
        test: a `Sample` of the test split.
        is_test: bool `[N]`, the half of `test` to swap: see `samples.choose_halves`.
        seed: seed of the classifiers.

    Returns:
        A dict by factor, as `classify_swaps`.
    """
    results = {}
    if shared := classifiable_factors(train.factors, test.factors):
        classifier = train_classifier(train, shared, seed=seed)
        results |= classify_swaps(classifier, predictor, test)
    if own := own_factors(train.factors, test.factors):
        classifier = train_classifier(test.take(~is_test), own, seed=seed)
        results |= classify_swaps(classifier, predictor, test.take(is_test))
    return results


def classify_digit_swaps(classifier, predictor, source, test, *, num_pairs=NUM_PAIRS):
    """Classify swapped frames of Moving MNIST, where the true ones can be drawn.

    Args:
        classifier: a trained `DigitClassifier`.
        predictor: a `VideoPredictor`.
        source: the `MovingMNIST` of the test split.
        test: a `Sample` of it.
        num_pairs: number of swapped frames.

    Returns:
        A dict by factor: `digit_<n>`, as in `classify_swaps`, with `real` of frames
        drawn with the digits of one clip at the positions of the other; and
        `position_<n>`, with `swapped` the fraction of digits within 3 pixels (of 64)
        of their position in the drawn frame.
    """
    content, pose = swap_pairs(test.clips, test.times.shape[1], num_pairs)
    (i, k), (j, m) = content.T, pose.T
    times = test.times[j, m][:, None]
    drawn = source.swapped_frames(test.indices[i], test.indices[j], times)[:, 0]
    real, true_centers = classifier.detect(drawn)
    swapped, centers = classifier.detect(
        _swap(predictor, test.frames[i, k], test.frames[j, m])
    )
    results = {}
    for n in range(classifier.num_digits):
        labels = test.factors[f"digit_{n + 1}"].values
        results[f"digit_{n + 1}"] = {
            "kind": "static",
            "real": float(np.mean(real[:, n] == labels[i])),
        } | swap_accuracy("static", swapped[:, n], labels[i], labels[j])
        near = classifier.is_near(centers[:, n], true_centers[:, n])
        results[f"position_{n + 1}"] = {
            "kind": "dynamic",
            "swapped": masked_mean(near, real[:, n] >= 0),
        }
    return results


def classifiable_factors(train_factors, test_factors):
    """Choose the factors that a classifier of one split can predict in the other.

    Args:
        train_factors: dict of `Factor`s of the training split.
        test_factors: dict of `Factor`s of the test split.

    Returns:
        The names of those with at least two classes, the same in both splits. The
        identity of an object is not among them if the splits share no object.
    """
    return [
        name
        for name, factor in train_factors.items()
        if factor.classes > 1 and factor.names == test_factors[name].names
    ]


def own_factors(train_factors, test_factors):
    """Choose the static factors whose classes are of the test split alone.

    Args:
        train_factors: dict of `Factor`s of the training split.
        test_factors: dict of `Factor`s of the test split.

    Returns:
        The names of those with at least two classes that `classifiable_factors` does
        not return.
    """
    shared = classifiable_factors(train_factors, test_factors)
    return [
        name
        for name, factor in test_factors.items()
        if factor.classes > 1 and factor.kind == "static" and name not in shared
    ]


def swap_pairs(clips, num_times, count, *, seed=0):
    """Draw pairs of frames of different clips.

    Args:
        clips: int `[N]`, the clip that each window is of; at least two differ.
        num_times: frames of a window.
        count: number of pairs.
        seed: the same seed gives the same pairs.

    Returns:
        `(content, pose)`, two int arrays `[count, 2]` of window and frame: the frames
        that give the content, and those that give the pose.
    """
    rng = np.random.default_rng(seed)
    content = rng.integers((len(clips), num_times), size=(count, 2))
    pose = rng.integers((len(clips), num_times), size=(count, 2))
    while np.any(clash := clips[content[:, 0]] == clips[pose[:, 0]]):
        pose[clash, 0] = rng.integers(len(clips), size=clash.sum())
    return content, pose


def swap_accuracy(kind, predicted, content_classes, pose_classes):
    """Measure which of the two frames a swapped frame has a factor from.

    Args:
        kind: `"static"`, a factor that should come from the content, or `"dynamic"`,
            one that should come from the pose.
        predicted: int `[N]`, predicted classes of the swapped frames.
        content_classes: int `[N]`, classes of the content frames.
        pose_classes: int `[N]`, classes of the pose frames.

    Returns:
        A dict of fractions of the pairs whose classes differ, `None` if none do:
        `swapped` have the class of the right frame, `other` that of the other frame.
        The rest have neither.
    """
    differ = content_classes != pose_classes
    right, wrong = content_classes, pose_classes
    if kind == "dynamic":
        right, wrong = wrong, right
    return {
        "swapped": masked_mean(predicted == right, differ),
        "other": masked_mean(predicted == wrong, differ),
    }


def _swap(predictor, content_frames, pose_frames):
    """Return float32 reconstructions of uint8 frames."""
    pairs = np.stack([content_frames, pose_frames])
    batches = [
        predictor.reconstruct(*(pairs[:, i : i + BATCH_SIZE].astype(np.float32) / 255))
        for i in range(0, len(content_frames), BATCH_SIZE)
    ]
    return np.concatenate(batches)


def _classes_by_frame(sample, name):
    return sample.factors[name].by_frame(sample.frames.shape[1])
