"""Grids of bordered frames, and PNG files."""

import pathlib

import imageio.v2 as imageio
import numpy as np

from keras_drnet.checks.numbers import check_count
from keras_drnet.errors import InputError
from keras_drnet.storage.files import atomic_write

GREEN = (0, 200, 0)  # Border of observed frames.
RED = (220, 0, 0)  # Border of generated frames.
GRAY = (128, 128, 128)  # Border of frames that are neither.


def frame_grid(rows, *, colors=None, scale=1, border=1):
    """Lay out frames in rows.

    Args:
        rows: list of rows, each `[N, H, W, C]` in [0, 1], C 1 or 3. Rows may differ
            in N; short ones are padded with white.
        colors: for each row the color of its borders, or a list with a color for
            each frame; `None` is gray.
        scale: integer factor by which frames are enlarged.
        border: width of the border, pixels of the image.

    Returns:
        A uint8 image `[H', W', 3]`.

    Raises:
        InputError: there is no row, a row has no frame, or `scale` is no number from 1.
    """
    check_count(scale, "scale")
    if not len(rows) or not all(map(len, rows)):
        raise InputError("A grid has an empty row, or none; expected frames in each.")
    colors = colors or [GRAY] * len(rows)
    images = [
        _row(np.asarray(frames), color, scale, border)
        for frames, color in zip(rows, colors, strict=True)
    ]
    width = max(image.shape[1] for image in images)
    return np.concatenate(
        [
            np.pad(
                image,
                ((0, 0), (0, width - image.shape[1]), (0, 0)),
                constant_values=255,
            )
            for image in images
        ]
    )


def write_png(path, image):
    """Write a uint8 image `[H, W, 3]`, and make its folder; see `atomic_write`."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as unfinished:
        imageio.imwrite(unfinished, image, format="png")


def _row(frames, color, scale, border):
    if np.ndim(color) == 1:
        color = [color] * len(frames)
    return np.concatenate(
        [
            _bordered(frame, one, scale, border)
            for frame, one in zip(frames, color, strict=True)
        ],
        axis=1,
    )


def _bordered(frame, color, scale, border):
    pixels = np.round(np.clip(frame, 0.0, 1.0) * 255).astype(np.uint8)
    if pixels.shape[-1] == 1:
        pixels = np.repeat(pixels, 3, axis=-1)
    pixels = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    height, width, _ = pixels.shape
    image = np.empty((height + 2 * border, width + 2 * border, 3), np.uint8)
    image[:] = color
    image[border : border + height, border : border + width] = pixels
    return image
