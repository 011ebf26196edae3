"""Checks of the values of arrays: codes, labels, images, scales."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keras_drnet.checks.frames import check_frames
from keras_drnet.checks.shapes import check_shape
from keras_drnet.errors import InputError

Shape = tuple[int | str, ...]
MATRIX: Shape = ("N", "D")


def check_array(
    values: ArrayLike, name: str, *expected: Shape, least: int = 1
) -> NDArray[Any]:
    """Check an array of numbers.

    Args:
        values: an array or what NumPy makes one of.
        name: what it is, for the message: an argument's name.
        *expected: shapes that are allowed, see `check_shape`.
        least: rows that it has to have.

    Returns:
        The array, of the type that it has.

    Raises:
        InputError: it has another shape, too few rows or an empty axis, is not of
            numbers, or not all of them are finite.
    """
    array = np.asarray(values)
    check_shape(array, name, *expected)
    if not array.ndim or len(array) < least or not array.size:
        raise InputError(
            f"The shape of {name} is {array.shape}; expected at least {least} along "
            "the first axis, and no empty one."
        )
    if array.dtype.kind in "OSUMmc":
        raise InputError(f"The type of {name} is {array.dtype}; expected numbers.")
    if not np.isfinite(array).all():
        raise InputError(f"Not all values of {name} are finite; expected all to be.")
    return array


def check_labels(
    values: ArrayLike, name: str, *expected: Shape, num_classes: int = 0
) -> NDArray[Any]:
    """Check an array of labels.

    Args:
        values: see `check_array`.
        name: see `check_array`.
        *expected: see `check_array`.
        num_classes: number of labels, which then start at 0; 0: they may be any whole
            numbers.

    Returns:
        The array, of the type that it has.

    Raises:
        InputError: as `check_array`, or a value is no label.
    """
    array = check_array(values, name, *expected)
    is_wrong = array % 1 != 0
    if num_classes:
        is_wrong |= (array < 0) | (array >= num_classes)
    if is_wrong.any():
        wanted = f" from 0 to {num_classes - 1}" if num_classes else ""
        raise InputError(
            f"A value of {name} is {array[is_wrong][0]:g}; expected whole numbers"
            f"{wanted}."
        )
    return array


def check_images(images: ArrayLike, name: str, least_size: int = 1) -> NDArray[Any]:
    """Check images `[..., H, W, C]` in [0, 1], at least `least_size` high and wide.

    Returns:
        The images as an array, of the type that they have.

    Raises:
        InputError: they are integers, of another shape, empty, too small, not finite,
            or not in [0, 1].
    """
    array = np.asarray(images)
    if array.ndim < 3 or not array.size or min(array.shape[-3:-1]) < least_size:
        raise InputError(
            f"The shape of {name} is {array.shape}; expected [..., H, W, C], H and W "
            f"at least {least_size}."
        )
    leading = tuple("..." for _ in array.shape[:-3])
    check_frames(array, name, array.shape[-3:], (leading,))
    return array


def check_positive(values: ArrayLike, name: str) -> None:
    """Check that a number, or each of an array, is finite and above 0."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or not np.all((array > 0) & np.isfinite(array)):
        raise InputError(f"{name} is {values!r}; expected a number above 0.")
