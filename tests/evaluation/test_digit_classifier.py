"""Classifier of digits, and scores of predicted digits, with known answers."""

import itertools

import numpy as np
import pytest

from keras_drnet.data.datasets.moving_mnist import MovingMNIST
from keras_drnet.evaluation.digit_classifier import crop_windows, locate
from keras_drnet.evaluation.digit_prediction import digit_scores
from keras_drnet.evaluation.frame_classifier import masked_mean

pytestmark = pytest.mark.xdist_group("digits")
SIZE = 32


def mnist(split, **kwargs):
    return MovingMNIST(split, image_size=SIZE, **kwargs)


def test_real_digits_are_recognized_and_blanks_and_noise_are_not(digit_classifier, rng):
    source, indices = mnist("test"), np.arange(200)
    times = np.zeros((200, 1), np.int32)
    frames = source.frames(indices, times).numpy()[:, 0]
    factors = source.factors(indices, times)
    labels = np.stack([factors[f"digit_{n}"].values for n in (1, 2)], axis=1)
    corners = source.positions(indices).numpy()[:, 0]
    apart = np.abs(corners[:, 0] - corners[:, 1]).max(axis=1) > SIZE * 0.3
    recognized = (digit_classifier.detect(frames)[0] == labels)[apart]
    assert recognized.size > 80 and recognized.mean() > 0.85
    classes, centers = digit_classifier.detect(np.zeros((200, SIZE, SIZE, 3)))
    assert np.all(classes == -1) and np.all(np.isnan(centers))
    assert not digit_classifier.is_near(centers, centers).any()
    noise = rng.uniform(0.2, 1, frames.shape)
    assert np.mean(digit_classifier.detect(noise)[0] == labels) < 0.25


def test_a_digit_is_located_in_its_own_channel(digit_classifier):
    frames = np.zeros((1, SIZE, SIZE, 3), np.float32)
    frames[0, 10:13, 4:9, 0] = 1.0
    frames[0, 20, 30, 1] = 0.5
    frames[..., 2] = 1.0
    frames[0, 0, 0, :2] = 0.05  # Haze is background.
    _, centers = digit_classifier.detect(frames)
    np.testing.assert_allclose(centers[0], [[11, 6], [20, 30]])


@pytest.mark.parametrize("shift", [(0, 0), (3, 0), (-2, 5)])
def test_a_shift_moves_center_and_window_alike(shift, rng):
    image = np.zeros((2, 64, 64))
    image[:, 20:40, 20:40] = rng.uniform(size=(2, 20, 20))
    moved = np.roll(image, shift, axis=(1, 2))
    before, after = locate(image)[0], locate(moved)[0]
    np.testing.assert_allclose(after - before, np.tile(shift, (2, 1)), atol=1e-9)
    np.testing.assert_allclose(
        crop_windows(image, before, 32), crop_windows(moved, after, 32)
    )


def test_a_window_is_cropped_around_its_center(rng):
    images = rng.uniform(size=(4, 9, 7))
    centers = np.array([[4.5, 3.5], [1.5, 0.5], [7.5, 5.5], [0, 0]])
    padded = np.pad(images, ((0, 0), (4, 4), (4, 4)))
    for image, window, (y, x) in zip(
        padded, crop_windows(images, centers, 4), centers, strict=True
    ):
        top, left = (int(np.round(v - 1.5)) + 4 for v in (y, x))
        np.testing.assert_array_equal(window, image[top : top + 4, left : left + 4])


class Scripted:
    """A predictor of given frames."""

    def __init__(self, frames):
        self.frames = frames

    def stream(self, past):
        return itertools.cycle(np.moveaxis(self.frames, 1, 0))


def test_scores_of_perfect_moved_and_empty_predictions(digit_classifier):
    source = mnist("test", clip_length=9)
    times = np.tile(np.arange(9, dtype=np.int32), (24, 1))
    clips = source.frames(np.arange(24), times).numpy()
    options = {"num_past": 3, "steps": (1, 2, 6), "num_clips": 24}
    perfect = digit_scores(digit_classifier, Scripted(clips[:, 3:]), source, **options)
    assert perfect["steps"] == [1, 2, 6] and perfect["num_clips"] == 24
    assert perfect["generated_given_real"] == perfect["within_3_pixels"] == [1.0] * 3
    assert all(value > 0.6 for value in perfect["real"])
    empty = digit_scores(
        digit_classifier, Scripted(0 * clips[:, 3:]), source, **options
    )
    assert empty["generated_given_real"] == empty["within_3_pixels"] == [0.0] * 3
    assert empty["real"] == perfect["real"]
    # 3 pixels of 64 are 1.5 of 32.
    for shift, within in ((1.49, 1.0), (1.51, 0.0)):
        centers, seen = locate(np.moveaxis(clips, -1, 2)[:, :, :2])
        near = digit_classifier.is_near(centers + [0, shift], centers)
        assert masked_mean(near, seen) == within
