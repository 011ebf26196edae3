"""Judges, on frames of which all is known."""

import itertools
import subprocess
import sys
import types

import numpy as np
import pytest

from keras_drnet.config.presets import BASELINES
from keras_drnet.data.datasets.moving_mnist import MovingMNIST
from keras_drnet.data.factors import Factor
from keras_drnet.evaluation import codes, digit_judge
from keras_drnet.evaluation.digit_judge import (
    DigitJudge,
    cut_windows,
    digit_scores,
    locate,
)
from keras_drnet.evaluation.judge import share
from keras_drnet.evaluation.swaps import (
    judge_digit_swaps,
    judge_swaps,
    judged_factors,
    swap_pairs,
    swap_shares,
    train_judge,
)
from keras_drnet.reporting.results import read_results
from tests.support.networks import lively_networks, save_run

SIZE = 32
COLORS = np.eye(3, dtype=np.float32)


def mnist(split, **kwargs):
    return MovingMNIST(split, image_size=SIZE, **kwargs)


@pytest.fixture(scope="module")
def judge():
    trained = DigitJudge(SIZE, 2)
    trained.train(mnist("train"), num_clips=2048)
    return trained


def test_real_digits_are_recognised_and_blanks_and_noise_are_not(judge, rng):
    source, indices = mnist("test"), np.arange(200)
    times = np.zeros((200, 1), np.int32)
    frames = source.frames(indices, times).numpy()[:, 0]
    factors = source.factors(indices, times)
    labels = np.stack([factors[f"digit_{n}"].values for n in (1, 2)], axis=1)
    corners = source.positions(indices).numpy()[:, 0]
    apart = np.abs(corners[:, 0] - corners[:, 1]).max(axis=1) > SIZE * 0.3
    recognized = (judge.read(frames)[0] == labels)[apart]
    assert recognized.size > 80 and recognized.mean() > 0.85
    classes, centers = judge.read(np.zeros((200, SIZE, SIZE, 3)))
    assert np.all(classes == -1) and np.all(np.isnan(centers))
    assert not judge.is_near(centers, centers).any()
    noise = rng.uniform(0.2, 1, frames.shape)
    assert np.mean(judge.read(noise)[0] == labels) < 0.25


def test_a_digit_is_found_in_its_own_channel(judge):
    frames = np.zeros((1, SIZE, SIZE, 3), np.float32)
    frames[0, 10:13, 4:9, 0] = 1.0
    frames[0, 20, 30, 1] = 0.5
    frames[..., 2] = 1.0
    frames[0, 0, 0, :2] = 0.05  # Haze is no ink.
    _, centers = judge.read(frames)
    np.testing.assert_allclose(centers[0], [[11, 6], [20, 30]])


@pytest.mark.parametrize("shift", [(0, 0), (3, 0), (-2, 5)])
def test_digits_that_are_moved_are_off_by_as_much(shift, rng):
    image = np.zeros((2, 64, 64))
    image[:, 20:40, 20:40] = rng.uniform(size=(2, 20, 20))
    moved = np.roll(image, shift, axis=(1, 2))
    before, after = locate(image)[0], locate(moved)[0]
    np.testing.assert_allclose(after - before, np.tile(shift, (2, 1)), atol=1e-9)
    np.testing.assert_allclose(
        cut_windows(image, before, 32), cut_windows(moved, after, 32)
    )


def test_a_window_is_what_lies_around_its_center(rng):
    images = rng.uniform(size=(4, 9, 7))
    centers = np.array([[4.5, 3.5], [1.5, 0.5], [7.5, 5.5], [0, 0]])
    padded = np.pad(images, ((0, 0), (4, 4), (4, 4)))
    for image, window, (y, x) in zip(
        padded, cut_windows(images, centers, 4), centers, strict=True
    ):
        top, left = (int(np.round(v - 1.5)) + 4 for v in (y, x))
        np.testing.assert_array_equal(window, image[top : top + 4, left : left + 4])


class Scripted:
    """A predictor that predicts given frames."""

    def __init__(self, frames):
        self.frames = frames

    def stream(self, past):
        return itertools.cycle(np.moveaxis(self.frames, 1, 0))


def test_scores_of_perfect_moved_and_empty_predictions(judge):
    source = mnist("test", clip_length=9)
    times = np.tile(np.arange(9, dtype=np.int32), (24, 1))
    clips = source.frames(np.arange(24), times).numpy()
    options = {"num_past": 3, "steps": (1, 2, 6), "num_clips": 24}
    perfect = digit_scores(judge, Scripted(clips[:, 3:]), source, **options)
    assert perfect["steps"] == [1, 2, 6] and perfect["num_clips"] == 24
    assert perfect["generated_given_real"] == perfect["within_3_pixels"] == [1.0] * 3
    assert all(value > 0.6 for value in perfect["real"])
    empty = digit_scores(judge, Scripted(0 * clips[:, 3:]), source, **options)
    assert empty["generated_given_real"] == empty["within_3_pixels"] == [0.0] * 3
    assert empty["real"] == perfect["real"]
    # 3 pixels of 64 are 1.5 of 32.
    for shift, within in ((1.49, 1.0), (1.51, 0.0)):
        centers, seen = locate(np.moveaxis(clips, -1, 2)[:, :, :2])
        near = judge.is_near(centers + [0, shift], centers)
        assert share(near, seen) == within


def test_true_swaps_pass_and_frames_that_are_not_swapped_fail(judge):
    source = mnist("test")
    sample = codes.read_sample(source, np.arange(60), max_step=5, seed=0)
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

    swaps = judge_digit_swaps(
        judge, types.SimpleNamespace(reconstruct=oracle), source, sample, num_pairs=80
    )
    assert set(swaps) == {"digit_1", "digit_2", "position_1", "position_2"}
    for n in (1, 2):
        assert swaps[f"digit_{n}"]["real"] > 0.6 > 0.3 > swaps[f"digit_{n}"]["other"]
        assert abs(swaps[f"digit_{n}"]["swapped"] - swaps[f"digit_{n}"]["real"]) < 0.1
        assert swaps[f"position_{n}"]["swapped"] > 0.95
    kept = types.SimpleNamespace(reconstruct=lambda content, pose: pose)
    swaps = judge_digit_swaps(judge, kept, source, sample, num_pairs=80)
    assert swaps["digit_1"]["swapped"] < 0.3 < 0.6 < swaps["digit_1"]["other"]


def colored_squares(rng, num_clips, names):
    """A color that stays in a clip, on the left or on the right."""
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
    return codes.Sample(None, None, np.arange(num_clips), frames, factors)


def test_a_judge_sees_which_factor_came_from_which_frame(rng):
    train = colored_squares(rng, 150, tuple(map(str, range(150))))
    test = colored_squares(rng, 40, tuple(map(str, range(200, 240))))

    def repaint(content, pose):
        return (
            pose.max(axis=-1, keepdims=True) * content.max(axis=(1, 2))[:, None, None]
        )

    names = judged_factors(train.factors, test.factors)
    assert names == ["color", "side"]
    judge = train_judge(train, names)
    for reconstruct, expected in (
        (repaint, {"color": (1, 0), "side": (1, 0)}),
        (lambda content, pose: content, {"color": (1, 0), "side": (0, 1)}),
        (lambda content, pose: pose, {"color": (0, 1), "side": (1, 0)}),
    ):
        predictor = types.SimpleNamespace(reconstruct=reconstruct)
        results = judge_swaps(judge, predictor, test, num_pairs=100)
        for name, (swapped, other) in expected.items():
            assert results[name]["real"] > 0.98
            assert abs(results[name]["swapped"] - swapped) < 0.03
            assert abs(results[name]["other"] - other) < 0.03


def test_what_differs_between_the_splits_is_not_judged():
    def factors(names, count=2):
        values = np.arange(count)
        return {"f": Factor(values, "static", names), "q": Factor(values, "dynamic")}

    both = factors(("a", "b"))
    assert judged_factors(both, both) == ["f"]
    assert judged_factors(both, factors(("a", "c"))) == []
    assert judged_factors(factors(("a",)), factors(("a",))) == []


def test_the_pairs_are_fixed_and_of_two_clips():
    clips = np.array([0, 0, 0, 1, 2])
    content, pose = swap_pairs(clips, 4, 200)
    assert np.all(clips[content[:, 0]] != clips[pose[:, 0]])
    assert set(content[:, 1]) == set(pose[:, 1]) == set(range(4))
    again = swap_pairs(clips, 4, 200)
    np.testing.assert_array_equal((content, pose), again)


def test_only_pairs_that_differ_say_anything():
    judged, content, pose = np.array([[1, 1, 2, 0], [1, 1, 1, 1], [1, 2, 2, 2]])
    assert swap_shares("static", judged, content, pose) == {
        "swapped": 1 / 3,
        "other": 1 / 3,
    }
    assert swap_shares("dynamic", judged[:2], content[:2], pose[:2]) == {
        "swapped": 0.0,
        "other": 1.0,
    }
    assert swap_shares("static", judged, content, content) == {
        "swapped": None,
        "other": None,
    }
    assert share(np.array([True]), np.array([False])) is None


def probe(run_dir):
    command = [sys.executable, "-m", "keras_drnet.probe", "--num_clips=40"]
    return subprocess.run(
        [*command, f"--run_dir={run_dir}"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.slow  # Two judges are trained.
@pytest.mark.parametrize("method", ["drnet", "mcnet"])
def test_the_program_writes_what_it_prints(method, tiny, tmp_path):
    config = tiny if method == "drnet" else BASELINES[method](tiny)
    run = save_run(tmp_path / "run", config, lively_networks(config))
    result = probe(run.path)
    assert result.returncode == 0, result.stderr
    assert ("fresh scene discriminator" in result.stdout) == (method == "drnet")
    assert "digits at step" in result.stdout
    probes = read_results(run).probes
    assert len(probes.digits.real) == len(digit_judge.STEPS)


def test_codes_of_gray_digits_are_probed_for_all_but_the_digits(tiny, tmp_path):
    gray = tiny.with_overrides(["data.num_channels=1"])
    run = save_run(tmp_path / "run", gray, lively_networks(gray))
    result = probe(run.path)
    assert result.returncode == 0, result.stderr
    probes = read_results(run).probes
    assert probes.factors == {} and probes.digits is None
    assert 0 <= probes.fresh_scene_discriminator.accuracy <= 1


def test_what_cannot_be_probed_is_told(tiny, tmp_path):
    config = BASELINES["mcnet"](tiny).with_overrides(["data.dataset=kth"])
    result = probe(save_run(tmp_path / "run", config, lively_networks(config)).path)
    assert result.returncode == 2
    assert "method 'mcnet'; only one of method 'drnet' can be probed" in result.stderr
