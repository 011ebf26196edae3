"""Checks of single numbers, such as arguments of constructors."""

import math
import numbers
from typing import Any

from keras_drnet.errors import InputError


def check_count(value: Any, name: str, least: int = 1) -> None:
    """Check that a value is a whole number, `least` or above."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise InputError(f"{name} is {value!r}; expected a whole number.")
    if value < least:
        raise InputError(f"{name} is {value}; expected at least {least}.")


def check_number(
    value: Any, name: str, least: float = -math.inf, below: float = math.inf
) -> None:
    """Check that a value is a finite number, `least` or above and less than `below`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError(f"{name} is {value!r}; expected a number.")
    if not (math.isfinite(value) and least <= float(value) < below):
        wanted = "a finite number"
        if math.isfinite(least):
            wanted += f", {least:g} or above"
        if math.isfinite(below):
            wanted += f", below {below:g}"
        raise InputError(f"{name} is {value}; expected {wanted}.")


def check_equal_shares(batch_size: int, number: int, sharers: str) -> None:
    """Check that so many sharers, such as `"processes"`, can divide a batch equally."""
    if batch_size % number:
        raise InputError(
            f"batch_size is {batch_size}; expected a multiple of {number}, as so many "
            f"{sharers} share a batch."
        )
