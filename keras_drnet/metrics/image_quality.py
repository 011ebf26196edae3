"""Quality of predicted frames: similarity to the real ones, and sharpness."""

import numpy as np
import tensorflow as tf
from scipy import stats

from keras_drnet.checks.arrays import check_array, check_images
from keras_drnet.checks.shapes import check_floats, check_same_length, check_same_shape
from keras_drnet.errors import InputError

# Rounding to 8 bits gives about 60 dB, so higher values mean nothing; and the mean
# must stay finite if a prediction is exact.
MAX_PSNR = 60.0
BATCH = 64  # Clips compared at a time.
MIN_SSIM_SIZE = 11  # Pixels: the window of SSIM.


def psnr(frames, predictions):
    """Return the peak signal-to-noise ratio of each frame.

    Args:
        frames: `[..., H, W, C]` in [0, 1].
        predictions: the same shape and range.

    Returns:
        `[...]`, decibels: `-10 log10(mean squared error)`, at most 60.

    Raises:
        InputError: shapes differ or have fewer than three axes, or values are
            integers, not finite or not in [0, 1].
    """
    frames, predictions = _check_pair(frames, predictions)
    error = np.mean(np.square(np.float64(frames) - predictions), axis=(-3, -2, -1))
    return -10.0 * np.log10(np.maximum(error, 10.0 ** (-MAX_PSNR / 10.0)))


def ssim(frames, predictions):
    """Return the structural similarity of each frame (Wang et al. 2004).

    With an 11x11 Gaussian window of standard deviation 1.5, averaged over channels.

    Args:
        frames: `[B, ..., H, W, C]` in [0, 1], at least 11 pixels high and wide.
        predictions: the same shape and range.

    Returns:
        `[B, ...]`, at most 1.

    Raises:
        InputError: as `psnr`, or frames are smaller, or there is no axis B.
    """
    frames, predictions = _check_pair(frames, predictions, MIN_SSIM_SIZE)
    if frames.ndim < 4:
        raise InputError(
            f"The shape of frames is {frames.shape}; expected [B, ..., H, W, C]."
        )
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

    Raises:
        InputError: frames are integers, have fewer than three axes, or a single row or
            column of pixels. Values are not checked: those of a broken model count as
            they are.
    """
    check_floats(frames, "frames")
    frames = np.asarray(frames, np.float64)
    if frames.ndim < 3 or min(frames.shape[-3:-1]) < 2:
        raise InputError(
            f"The shape of frames is {frames.shape}; expected [..., H, W, C], H and W "
            "at least 2."
        )
    return sum(
        np.mean(np.square(np.diff(frames, axis=axis)), axis=(-3, -2, -1))
        for axis in (-3, -2)
    )


def sharpness(frames, predictions):
    """Return the ratio of the gradient energies of predicted and real frames.

    Args:
        frames: `[B, H, W, C]` in [0, 1], not all of one color.
        predictions: the same shape and range.

    Returns:
        A number: 1 if predictions are as sharp as real frames, below 1 if they are
        blurred or have faded.

    Raises:
        InputError: as `psnr`, or all frames are of one color.
    """
    frames, predictions = _check_pair(frames, predictions, 2)
    energy = gradient_energy(frames).sum()
    if not energy:
        raise InputError(
            "Each of the frames is of one color; expected some that are not, as "
            "sharpness is relative to theirs."
        )
    return float(gradient_energy(predictions).sum() / energy)


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

    Raises:
        InputError: there are fewer than two recordings, values and groups are not of
            one length, or a value is not finite.
    """
    values = check_array(values, "values", ("B",)).astype(np.float64)
    groups = np.arange(len(values)) if groups is None else groups
    check_same_length(values=values, groups=groups)
    names, clusters = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise InputError(
            f"All {len(values)} values are of one recording; expected values of at "
            "least two, as one says nothing of how recordings differ."
        )
    sums = np.bincount(clusters, values - values.mean())
    count = len(sums)
    error = np.sqrt(count / (count - 1) * np.sum(sums**2)) / len(values)
    half = stats.t.ppf(0.975, count - 1) * error
    return float(values.mean() - half), float(values.mean() + half)


def _check_pair(frames, predictions, least_size=1):
    frames = check_images(frames, "frames", least_size)
    predictions = check_images(predictions, "predictions", least_size)
    check_same_shape(frames=frames, predictions=predictions)
    return frames, predictions
