"""Images 16 x 16 of four known factors: a shape, its size and its place."""

import itertools

import numpy as np

SIZE = 16
NUM_VALUES = {"shape": 3, "size": 5, "x": 8, "y": 8}
EDGE = 0.5  # Pixels from inside to outside: a change of less than a pixel shows.


def draw_all():
    """Draws an image for every combination of the factors.

    Returns:
        `(images, factors)`: float32 `[960, 16, 16, 1]` in [0, 1], and int
        `[960, 4]`, the numbers of the values of `NUM_VALUES`, in this order.
    """
    factors = np.array(list(itertools.product(*map(range, NUM_VALUES.values()))))
    shape, size, column, row = factors.T[..., None, None]
    pixels = np.arange(SIZE) + 0.5
    x = np.abs(pixels[None, None, :] - (4.5 + column))
    y = np.abs(pixels[None, :, None] - (4.5 + row))
    # Scaled so that no two shapes of any size look the same, and none is cut off.
    square, disc, diamond = np.maximum(x, y), 1.1 * np.hypot(x, y), 0.85 * (x + y)
    distance = np.choose(shape, [square, disc, diamond])
    radius = 2.0 + 0.5 * size
    images = np.clip((radius - distance) / EDGE + 0.5, 0.0, 1.0)
    return images[..., None].astype(np.float32), factors
