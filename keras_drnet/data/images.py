"""Image files of any size as square frames, and frames as bytes."""

import contextlib

import numpy as np
from PIL import Image

from keras_drnet.data.clips import BadFile
from keras_drnet.data.display import shown_image

# What Pillow raises for files that are damaged, not images, or far too large.
IMAGE_ERRORS = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


@contextlib.contextmanager
def open_image(path):
    """Open an image file.

    Args:
        path: file of any format that Pillow reads.

    Yields:
        The Pillow image.

    Raises:
        BadFile: the file is missing, damaged or not an image.
    """
    try:
        with Image.open(path) as image:
            yield image
    except IMAGE_ERRORS as error:
        raise BadFile(path, f"not a readable image ({error})") from error


def read_image(path, image_size, num_channels, resize="squash"):
    """Read an image file as a frame, turned and in the colors that its metadata say.

    Args:
        path: file of any format that Pillow reads.
        image_size: side of the frame, pixels.
        num_channels: 1 or 3.
        resize: see `fit_image`.

    Returns:
        uint8 `[image_size, image_size, num_channels]`.

    Raises:
        BadFile: see `open_image`.
    """
    with open_image(path) as image:
        return fit_image(shown_image(image), image_size, num_channels, resize)


def fit_image(image, image_size, num_channels, resize="squash", pixel_aspect=1.0):
    """Convert an image to a frame.

    Args:
        image: a Pillow image, or uint8 `[H, W, 3]` or `[H, W, 4]`. Transparent pixels
            become black.
        image_size: side of the frame, pixels.
        num_channels: 1 for gray (ITU-R 601 luma), 3 for RGB.
        resize: `"squash"` scales each axis to the frame's side, as the authors do;
            `"crop"` takes the largest centered square first.
        pixel_aspect: width over height of a pixel of `image`, where it is shown.

    Returns:
        uint8 `[image_size, image_size, num_channels]`.
    """
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image)
    if image.mode.startswith("I;16"):  # `convert` would clip values above 255.
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    image = image.convert("L" if num_channels == 1 else "RGB")
    box = None
    if resize == "crop":
        width, height = image.size
        shown = min(width * pixel_aspect, height)  # In pixels of the height.
        sides = (round(shown / pixel_aspect), round(shown))
        left, top = ((width - sides[0]) // 2, (height - sides[1]) // 2)
        box = (left, top, left + sides[0], top + sides[1])
    if image.size != (image_size, image_size):
        image = image.resize((image_size, image_size), Image.Resampling.BILINEAR, box)
    return np.asarray(image).reshape(image_size, image_size, num_channels)


def to_uint8(frames):
    """Return frames in [0, 1] as uint8 from 0 to 255; uint8 frames as they are."""
    frames = np.asarray(frames)
    if frames.dtype == np.uint8:
        return frames
    return np.round(frames * 255).astype(np.uint8)
