"""Search for images in images."""

import numpy as np


def occurrences(image, part):
    """Returns the (top, left) corners at which an image contains another."""
    height, width, _ = part.shape
    corners = np.argwhere(np.all(image == part[0, 0], axis=-1))
    return [
        (top, left)
        for top, left in corners
        if np.array_equal(image[top : top + height, left : left + width], part)
    ]
