"""How a file says that it is to be shown: turned, mirrored, stretched, in which colors.

Videos are shown as FFmpeg and its player show them, images as viewers show them. What
FFmpeg shows in no way of its own, such as HDR's wide range, is not followed here.
"""

import io

import numpy as np
from PIL import ImageCms, ImageOps


def shown_frame(frame):
    """Return the pixels of a decoded frame as they are shown.

    Args:
        frame: an `av.VideoFrame`.

    Returns:
        uint8 `[H, W, 3]`, or `[H, W, 4]` where the video has transparency, and whether
        the axes were swapped.
    """
    has_alpha = any(component.is_alpha for component in frame.format.components)
    pixels = frame.to_ndarray(format="rgba" if has_alpha else "rgb24")
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return pixels, False
    return turn(pixels, np.frombuffer(matrix, "<i4"))


def turn(pixels, matrix):
    """Turn and mirror pixels as a display matrix says, to the nearest right angle.

    Args:
        pixels: `[H, W, C]`.
        matrix: nine numbers, rows of a 3x3 matrix by which a row vector of stored
            coordinates, (x, y, 1), is multiplied to give the shown ones (ISO/IEC
            14496-12, section 6.2.2).

    Returns:
        The pixels, and whether the axes were swapped.
    """
    a, b, _, c, d = matrix[:5].tolist()
    is_swapped = abs(b) + abs(c) > abs(a) + abs(d)
    if is_swapped:
        pixels = np.swapaxes(pixels, 0, 1)
    down, right = (b, c) if is_swapped else (d, a)
    pixels = pixels[:: -1 if down < 0 else 1, :: -1 if right < 0 else 1]
    return np.ascontiguousarray(pixels), is_swapped


def pixel_aspect(stream):
    """Return the width over the height of a stored pixel of a video stream."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    return float(aspect or 1)


def shown_image(image):
    """Return a Pillow image as it is shown: turned as EXIF says, in sRGB."""
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if not profile or image.mode not in ("RGB", "L", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # A damaged profile; viewers ignore it, too.
        return image
