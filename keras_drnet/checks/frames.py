"""Checks of frames: shape, type and range."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keras_drnet.errors import InputError

SLACK = 1e-3  # How far rounding may carry a value out of [0, 1].


def check_frames(
    frames: ArrayLike,
    what: str,
    frame_shape: tuple[int, ...],
    leading: tuple[tuple[str, ...], ...],
) -> NDArray[np.float32]:
    """Check frames that somebody gives to a model.

    Args:
        frames: array in [0, 1].
        what: what they are, for the message: "The observed frames".
        frame_shape: `(H, W, C)` that a frame has to have.
        leading: names of the axes before those of a frame; one tuple for each number of
            axes that is allowed, the first one named in messages.

    Returns:
        The frames, float32.

    Raises:
        InputError: they are integers, of another shape, empty, not finite, or not in
            [0, 1].
    """
    array = np.asarray(frames)
    if array.dtype.kind in "iub":
        raise InputError(
            f"{what} are {array.dtype}; expected floats from 0 to 1. Divide bytes by "
            "255."
        )
    num_axes = {len(axes) + len(frame_shape) for axes in leading}
    if (
        array.ndim not in num_axes
        or array.shape[-len(frame_shape) :] != frame_shape
        or not array.size
    ):
        expected = " or ".join(
            f"[{', '.join((*axes, *map(str, frame_shape)))}]" for axes in leading
        )
        at_least = " and ".join(leading[0])
        raise InputError(
            f"{what} have shape {array.shape}; expected {expected} with {at_least} at "
            "least 1."
        )
    array = array.astype(np.float32, copy=False)
    low, high = float(array.min()), float(array.max())
    if not np.isfinite(low + high):
        raise InputError(f"{what} have values that are not finite.")
    if low < -SLACK or high > 1 + SLACK:
        raise InputError(
            f"{what} have values from {low:g} to {high:g}; expected 0 to 1."
        )
    return array
