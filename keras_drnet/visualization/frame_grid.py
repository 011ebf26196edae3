"""Frames in rows with borders, as one picture, and its PNG file."""

import pathlib

import imageio.v2 as imageio
import numpy as np

GREEN = (0, 200, 0)  # Border of observed frames.
RED = (220, 0, 0)  # Border of generated frames.
GRAY = (128, 128, 128)  # Border of frames that are neither.


def frame_grid(rows, *, colors=None, scale=1, border=1):
    """Lay frames out in rows.

    Args:
        rows: list of rows, each `[N, H, W, C]` in [0, 1], C 1 or 3. Rows may differ
            in N; short ones are filled up with white.
        colors: for each row a border color, or a list of one a frame; `None` is
            gray.
        scale: whole factor by which frames are enlarged.
        border: width of the border, pixels of the picture.

    Returns:
        A uint8 picture `[H', W', 3]`.
    """
    colors = colors or [GRAY] * len(rows)
    pictures = [
        _row(np.asarray(frames), color, scale, border)
        for frames, color in zip(rows, colors, strict=True)
    ]
    width = max(picture.shape[1] for picture in pictures)
    return np.concatenate(
        [
            np.pad(
                picture,
                ((0, 0), (0, width - picture.shape[1]), (0, 0)),
                constant_values=255,
            )
            for picture in pictures
        ]
    )


def write_png(path, picture):
    """Write a uint8 picture `[H, W, 3]`."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    imageio.imwrite(path, picture)


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
    picture = np.empty((height + 2 * border, width + 2 * border, 3), np.uint8)
    picture[:] = color
    picture[border : border + height, border : border + width] = pixels
    return picture
