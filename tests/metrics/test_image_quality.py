"""Metrics against closed forms and against scikit-image."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from keras_drnet.metrics import image_quality


def test_psnr_of_a_known_error():
    frames = np.full((2, 3, 16, 16, 1), 0.5)
    np.testing.assert_allclose(
        image_quality.psnr(frames, frames + 0.1), np.full((2, 3), 20)
    )
    np.testing.assert_allclose(
        image_quality.psnr(frames, frames - 0.01), np.full((2, 3), 40)
    )


def test_equal_frames_have_the_greatest_psnr_and_ssim(rng):
    frames = rng.uniform(size=(2, 3, 16, 16, 3)).astype("float32")
    assert np.all(image_quality.psnr(frames, frames) == image_quality.MAX_PSNR)
    np.testing.assert_allclose(
        image_quality.ssim(frames, frames), np.ones((2, 3)), rtol=1e-5
    )


@pytest.mark.parametrize("num_channels", [1, 3])
def test_ssim_agrees_with_scikit_image(rng, num_channels):
    frames = rng.uniform(size=(70, 1, 24, 24, num_channels)).astype("float32")
    noisy = np.clip(frames + rng.normal(scale=0.2, size=frames.shape), 0, 1)
    ours = image_quality.ssim(frames, noisy.astype("float32"))[:, 0]
    theirs = [
        structural_similarity(
            a[0],
            b[0],
            data_range=1.0,
            channel_axis=-1,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            win_size=11,
        )
        for a, b in zip(frames, noisy, strict=True)
    ]
    np.testing.assert_allclose(ours, theirs, atol=2e-3)


def test_gradient_energy_of_known_images():
    ramp = np.linspace(0, 0.7, 8)[:, None, None] * np.ones((1, 8, 1))
    np.testing.assert_allclose(image_quality.gradient_energy(ramp), 0.01)
    checkers = np.indices((8, 8)).sum(axis=0)[None, ..., None] % 2.0
    np.testing.assert_allclose(image_quality.gradient_energy(checkers), [2.0])
    assert image_quality.gradient_energy(np.full((2, 8, 8, 3), 0.4)).tolist() == [0, 0]


def test_sharpness_is_relative_to_the_real_frames(rng):
    frames = rng.uniform(size=(4, 16, 16, 3))
    assert image_quality.sharpness(frames, frames) == 1
    np.testing.assert_allclose(image_quality.sharpness(frames, 0.5 * frames), 0.25)
    blurred = (frames + np.roll(frames, 1, axis=1)) / 2
    assert image_quality.sharpness(frames, blurred) < 0.9


def test_the_interval_covers_the_mean_at_its_confidence_level(rng):
    assert image_quality.mean_interval([3.0, 3.0, 3.0]) == (3.0, 3.0)
    low, high = image_quality.mean_interval([1.0, 3.0])
    t = 12.706  # Of Student's distribution of one degree of freedom.
    np.testing.assert_allclose((low, high), (2 - t, 2 + t), rtol=1e-4)
    intervals = [image_quality.mean_interval(x) for x in rng.normal(5, 2, (2000, 100))]
    covered = np.mean([low <= 5 <= high for low, high in intervals])
    assert 0.93 < covered < 0.97


def test_windows_of_one_recording_make_no_interval_narrower(rng):
    values = rng.normal(5, 2, 6)
    alone = image_quality.mean_interval(values)
    again = image_quality.mean_interval(
        np.repeat(values, 9), np.repeat(np.arange(6), 9)
    )
    np.testing.assert_allclose(again, alone)
    covered, recordings = [], np.repeat(np.arange(8), 16)
    for _ in range(1000):
        values = rng.normal(5, 2, 8)[recordings] + rng.normal(0, 1, 128)
        low, high = image_quality.mean_interval(values, recordings)
        covered.append(low <= 5 <= high)
    assert 0.93 < np.mean(covered) < 0.97
