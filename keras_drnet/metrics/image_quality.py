"""Quality of predicted frames: similarity to the real ones, and sharpness."""

import numpy as np
import tensorflow as tf
from scipy import stats

# Rounding to 8 bits gives about 60 dB, so higher values mean nothing; and the mean
# must stay finite if a prediction is exact.
MAX_PSNR = 60.0
BATCH = 64  # Clips compared at a time.


def psnr(frames, predictions):
    """Return the peak signal-to-noise ratio of each frame.

    Args:
        frames: `[..., H, W, C]` in [0, 1].
        predictions: the same shape.

    Returns:
        `[...]`, decibels: `-10 log10(mean squared error)`, at most 60.
    """
    error = np.mean(
        np.square(np.asarray(frames, np.float64) - predictions), axis=(-3, -2, -1)
    )
    return -10.0 * np.log10(np.maximum(error, 10.0 ** (-MAX_PSNR / 10.0)))


def ssim(frames, predictions):
    """Return the structural similarity of each frame (Wang et al. 2004).

    With an 11x11 Gaussian window of standard deviation 1.5, averaged over channels.

    Args:
        frames: `[B, ..., H, W, C]` in [0, 1], at least 11 pixels high and wide.
        predictions: the same shape.

    Returns:
        `[B, ...]`, at most 1.
    """
    values = [
        tf.image.ssim(
            tf.convert_to_tensor(frames[i : i + BATCH], tf.float32),
            tf.convert_to_tensor(predictions[i : i + BATCH], tf.float32),
            max_val=1.0,
        )
        for i in range(0, len(frames), BATCH)
    ]
    return np.concatenate(values)


def gradient_energy(frames):
    """Return the mean squared difference of neighboring pixels of each frame.

    Args:
        frames: `[..., H, W, C]` in [0, 1].

    Returns:
        `[...]`: the mean over vertical neighbors plus that over horizontal ones. Blur
        lowers it; it is 0 for a frame of a single color.
    """
    frames = np.asarray(frames, np.float64)
    return sum(
        np.mean(np.square(np.diff(frames, axis=axis)), axis=(-3, -2, -1))
        for axis in (-3, -2)
    )


def sharpness(frames, predictions):
    """Return the ratio of the gradient energies of predicted and real frames.

    Args:
        frames: `[B, H, W, C]` in [0, 1], not all of one color.
        predictions: the same shape.

    Returns:
        A number: 1 if predictions are as sharp as real frames, below 1 if they are
        blurred or have faded.
    """
    return float(gradient_energy(predictions).sum() / gradient_energy(frames).sum())


def mean_interval(values, groups=None):
    """Return the 95 % confidence interval of the mean.

    Args:
        values: `[B]`, one for each window.
        groups: `[B]`, ids of the recordings that the windows are of, at least two
            different ones; `None` = each window is of its own. Windows of the same
            recording are not independent: the standard error is the cluster-robust
            one of Liang & Zeger (1986), with the quantile of Student's t.

    Returns:
        `(low, high)`.
    """
    values = np.asarray(values, np.float64)
    groups = np.arange(len(values)) if groups is None else groups
    _, clusters = np.unique(groups, return_inverse=True)
    sums = np.bincount(clusters, values - values.mean())
    count = len(sums)
    error = np.sqrt(count / (count - 1) * np.sum(sums**2)) / len(values)
    half = stats.t.ppf(0.975, count - 1) * error
    return float(values.mean() - half), float(values.mean() + half)
