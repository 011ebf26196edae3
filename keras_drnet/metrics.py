"""How close predicted frames are to the real ones."""

import numpy as np
import tensorflow as tf

# 60 dB is what rounding to 8 bits costs; nothing above it can be seen or stored, and
# a still clip must not make a mean infinite.
MAX_PSNR = 60.0
BATCH = 64  # Clips compared at a time.


def psnr(frames, predictions):
    """Returns the peak signal-to-noise ratio of each frame.

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
    """Returns the structural similarity of each frame (Wang et al. 2004).

    An 11x11 Gaussian window of deviation 1.5, each channel apart, then their mean.

    Args:
        frames: `[B, ..., H, W, C]` in [0, 1], sides of at least 11 pixels.
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
