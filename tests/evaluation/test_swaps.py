"""Classification of swapped frames with known answers."""

import dataclasses
import itertools
import types

import numpy as np
import pytest

from keras_drnet.data.datasets.moving_mnist import MovingMNIST
from keras_drnet.data.factors import Factor
from keras_drnet.evaluation.frame_classifier import masked_mean
from keras_drnet.evaluation.samples import Sample, read_sample
from keras_drnet.evaluation.swaps import (
    classifiable_factors,
    classify_digit_swaps,
    classify_recorded_swaps,
    classify_swaps,
    own_factors,
    swap_accuracy,
    swap_pairs,
    train_classifier,
)

pytestmark = pytest.mark.xdist_group("digits")
SIZE = 32
COLORS = np.eye(3, dtype=np.float32)


def test_true_digit_swaps_score_high_and_unswapped_frames_low(digit_classifier):
    source = MovingMNIST("test", image_size=SIZE)
    sample = read_sample(source, np.arange(60), max_step=5, seed=0)
    by_bytes = {}
    for i, k in itertools.product(range(60), range(4)):
        by_bytes[sample.frames[i, k].tobytes()] = i, sample.times[i, k]

    def find(frames):
        keys = [np.round(frame * 255).astype(np.uint8).tobytes() for frame in frames]
        return np.array([by_bytes[key] for key in keys]).T

    def oracle(content, pose):
        (i, _), (j, times) = find(content), find(pose)
        return source.swapped_frames(i, j, times[:, None].astype(np.int32)).numpy()[
            :, 0
        ]

    swaps = classify_digit_swaps(
        digit_classifier,
        types.SimpleNamespace(reconstruct=oracle),
        source,
        sample,
        num_pairs=80,
    )
    assert set(swaps) == {"digit_1", "digit_2", "position_1", "position_2"}
    for n in (1, 2):
        assert swaps[f"digit_{n}"]["real"] > 0.6 > 0.3 > swaps[f"digit_{n}"]["other"]
        assert abs(swaps[f"digit_{n}"]["swapped"] - swaps[f"digit_{n}"]["real"]) < 0.1
        assert swaps[f"position_{n}"]["swapped"] > 0.95
    kept = types.SimpleNamespace(reconstruct=lambda content, pose: pose)
    swaps = classify_digit_swaps(digit_classifier, kept, source, sample, num_pairs=80)
    assert swaps["digit_1"]["swapped"] < 0.3 < 0.6 < swaps["digit_1"]["other"]


def colored_squares(rng, num_clips, names):
    """Clips of a square of one color, in each frame on the left or on the right."""
    colors, sides = rng.integers(0, 3, num_clips), rng.integers(0, 2, (num_clips, 4))
    frames = np.zeros((num_clips, 4, SIZE, SIZE, 3), np.uint8)
    for i, k in itertools.product(range(num_clips), range(4)):
        x = 4 + 14 * sides[i, k]
        frames[i, k, 10:20, x : x + 10] = 255 * COLORS[colors[i]]
    factors = {
        "color": Factor(colors, "static", ("r", "g", "b")),
        "side": Factor(sides, "dynamic", ("left", "right")),
        "who": Factor(np.arange(num_clips), "static", names),
        "place": Factor(sides.astype(float), "dynamic"),
    }
    return Sample(None, None, np.arange(num_clips), frames, factors)


def test_the_classifier_tells_which_frame_a_factor_came_from(rng):
    train = colored_squares(rng, 150, tuple(map(str, range(150))))
    test = colored_squares(rng, 40, tuple(map(str, range(200, 240))))

    def repaint(content, pose):
        return (
            pose.max(axis=-1, keepdims=True) * content.max(axis=(1, 2))[:, None, None]
        )

    names = classifiable_factors(train.factors, test.factors)
    assert names == ["color", "side"]
    classifier = train_classifier(train, names)
    for reconstruct, expected in (
        (repaint, {"color": (1, 0), "side": (1, 0)}),
        (lambda content, pose: content, {"color": (1, 0), "side": (0, 1)}),
        (lambda content, pose: pose, {"color": (0, 1), "side": (1, 0)}),
    ):
        predictor = types.SimpleNamespace(reconstruct=reconstruct)
        results = classify_swaps(classifier, predictor, test, num_pairs=100)
        for name, (swapped, other) in expected.items():
            assert results[name]["real"] > 0.98
            assert abs(results[name]["swapped"] - swapped) < 0.03
            assert abs(results[name]["other"] - other) < 0.03


def test_classes_of_one_split_are_learned_from_half_of_its_clips(rng):
    train, test = (colored_squares(rng, 160, ()) for _ in range(2))
    color = dataclasses.replace(test.factors["color"], names=("x", "y", "z"))
    test = test._replace(
        indices=test.clips,
        times=test.clips,
        factors=test.factors | {"color": color},
    )
    assert own_factors(train.factors, test.factors) == ["color"]
    results = classify_recorded_swaps(
        types.SimpleNamespace(reconstruct=lambda content, pose: content),
        train,
        test,
        np.arange(160) % 2 == 1,
    )
    assert set(results) == {"color", "side"}
    for name, (swapped, other) in {"color": (1, 0), "side": (0, 1)}.items():
        assert results[name]["real"] > 0.98
        assert abs(results[name]["swapped"] - swapped) < 0.03
        assert abs(results[name]["other"] - other) < 0.03


def test_a_part_of_a_sample_has_its_own_clips_and_factors(rng):
    sample = colored_squares(rng, 6, tuple("abcdef"))
    sample = sample._replace(indices=np.arange(6) + 10, times=np.zeros((6, 4)))
    part = sample.take(np.array([False, True, False, False, True, False]))
    np.testing.assert_array_equal(part.indices, [11, 14])
    np.testing.assert_array_equal(part.factors["who"].values, [1, 4])
    np.testing.assert_array_equal(part.frames, sample.frames[[1, 4]])
    assert part.factors["who"].names == sample.factors["who"].names


def test_factors_whose_classes_differ_between_splits_are_left_out():
    def factors(names, count=2):
        values = np.arange(count)
        return {"f": Factor(values, "static", names), "q": Factor(values, "dynamic")}

    both = factors(("a", "b"))
    assert classifiable_factors(both, both) == ["f"]
    assert classifiable_factors(both, factors(("a", "c"))) == []
    assert classifiable_factors(factors(("a",)), factors(("a",))) == []


def test_pairs_are_reproducible_and_of_two_clips():
    clips = np.array([0, 0, 0, 1, 2])
    content, pose = swap_pairs(clips, 4, 200)
    assert np.all(clips[content[:, 0]] != clips[pose[:, 0]])
    assert set(content[:, 1]) == set(pose[:, 1]) == set(range(4))
    again = swap_pairs(clips, 4, 200)
    np.testing.assert_array_equal((content, pose), again)


def test_accuracy_is_over_the_pairs_whose_classes_differ():
    predicted, content, pose = np.array([[1, 1, 2, 0], [1, 1, 1, 1], [1, 2, 2, 2]])
    assert swap_accuracy("static", predicted, content, pose) == {
        "swapped": 1 / 3,
        "other": 1 / 3,
    }
    assert swap_accuracy("dynamic", predicted[:2], content[:2], pose[:2]) == {
        "swapped": 0.0,
        "other": 1.0,
    }
    assert swap_accuracy("static", predicted, content, content) == {
        "swapped": None,
        "other": None,
    }
    assert masked_mean(np.array([True]), np.array([False])) is None
