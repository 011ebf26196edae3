"""Checks of the values of a section; each raises `InputError`."""

import sys
from typing import Any

from keras_drnet.errors import InputError

MOST = 10**9  # Larger whole numbers are typing errors.


def require(section: object, **choices: tuple[Any, ...]) -> None:
    """Check that values are among the valid ones, given by key."""
    for key, valid in choices.items():
        if getattr(section, key) not in valid:
            raise InputError(
                f"{key} is {getattr(section, key)!r}; expected one of {list(valid)}."
            )


def require_positive(section: object, *keys: str) -> None:
    """Check that the values of some keys are above 0, and no larger than `_most`."""
    for key in keys:
        value = getattr(section, key)
        if not 0 < value <= _most(value):
            raise InputError(
                f"{key} is {value}; expected a number above 0, at most "
                f"{_most(value):.0e}."
            )


def require_not_negative(section: object, *keys: str) -> None:
    """Check that the values of some keys are 0 or above, and no larger than `_most`."""
    for key in keys:
        value = getattr(section, key)
        if not 0 <= value <= _most(value):
            raise InputError(
                f"{key} is {value}; expected 0 or a number above, at most "
                f"{_most(value):.0e}."
            )


def require_range(section: object, low: float, high: float, *keys: str) -> None:
    """Check that the values of some keys are from `low` to `high`, both included."""
    for key in keys:
        value = getattr(section, key)
        if not low <= value <= high:
            raise InputError(
                f"{key} is {value}; expected a number from {low:g} to {high:g}."
            )


def _most(value: float) -> float:
    return MOST if isinstance(value, int) else sys.float_info.max
