"""Images 16 x 16 of four known factors: a shape, its size and its place."""

import itertools

import numpy as np

SIZE = 16
NUM_VALUES = {"shape": 3, "size": 5, "x": 8, "y": 8}


def draw_all():
    """Draws an image for every combination of the factors.

    Returns:
        `(images, factors)`: float32 `[960, 16, 16, 1]` in [0, 1], and int
        `[960, 4]`, the numbers of the values of `NUM_VALUES`, in this order.
    """
    factors = np.array(list(itertools.product(*map(range, NUM_VALUES.values()))))
    shape, size, column, row = factors.T[..., None, None]
    radius = 1.5 + 0.5 * size
    pixels = np.arange(SIZE) + 0.5
    x = np.abs(pixels[None, None, :] - (4.5 + column))
    y = np.abs(pixels[None, :, None] - (4.5 + row))
    square = _inside(np.maximum(x, y), radius)
    hole = _inside(np.maximum(x, y), radius - 1.0)
    cross = square * _inside(np.minimum(x, y), 0.5)
    images = np.choose(shape, [square, square - hole, cross])
    return images[..., None].astype(np.float32), factors


def _inside(distance, limit):
    """Returns 1 inside, 0 outside; the edge is a pixel wide, to show parts of one."""
    return np.clip(limit - distance + 0.5, 0.0, 1.0)
