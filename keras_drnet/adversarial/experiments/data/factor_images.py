"""Images 16 x 16 of four known factors: a square's brightness, size and position."""

import itertools

import numpy as np

SIZE = 16
NUM_VALUES = {"brightness": 4, "size": 5, "x": 8, "y": 8}
EDGE = 0.5  # Width of the soft edge in pixels: it shows changes below a pixel.


def draw_all():
    """Draw an image for every combination of the factors.

    Returns:
        `(images, factors)`: float32 `[1280, 16, 16, 1]` in [0, 1], and int
        `[1280, 4]`, indices of the values of `NUM_VALUES`, in this order.
    """
    factors = np.array(list(itertools.product(*map(range, NUM_VALUES.values()))))
    brightness, size, column, row = factors.T[..., None, None]
    pixels = np.arange(SIZE) + 0.5
    x = np.abs(pixels[None, None, :] - (4.5 + column))
    y = np.abs(pixels[None, :, None] - (4.5 + row))
    radius = 2.0 + 0.5 * size
    squares = np.clip((radius - np.maximum(x, y)) / EDGE + 0.5, 0.0, 1.0)
    images = squares * (0.4 + 0.2 * brightness)
    return images[..., None].astype(np.float32), factors
