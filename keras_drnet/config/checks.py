"""Checks of the values of a section; each raises `InputError`."""

from typing import Any

from keras_drnet.errors import InputError

MOST = 10**9  # Larger numbers are typing errors, and no infinity is a setting.


def require(section: object, **choices: tuple[Any, ...]) -> None:
    """Check that values are among the valid ones, given by key."""
    for key, valid in choices.items():
        if getattr(section, key) not in valid:
            raise InputError(
                f"{key} is {getattr(section, key)!r}; expected one of {list(valid)}."
            )


def require_positive(section: object, *keys: str) -> None:
    """Check that the values of some keys are above 0 and at most `MOST`."""
    for key in keys:
        if not 0 < getattr(section, key) <= MOST:
            raise InputError(
                f"{key} is {getattr(section, key)}; expected a number above 0, at most "
                f"{MOST:.0e}."
            )


def require_not_negative(section: object, *keys: str) -> None:
    """Check that the values of some keys are from 0 to `MOST`."""
    for key in keys:
        if not 0 <= getattr(section, key) <= MOST:
            raise InputError(
                f"{key} is {getattr(section, key)}; expected 0 or a number above, at "
                f"most {MOST:.0e}."
            )


def require_range(section: object, low: float, high: float, *keys: str) -> None:
    """Check that the values of some keys are from `low` to `high`, both included."""
    for key in keys:
        value = getattr(section, key)
        if not low <= value <= high:
            raise InputError(
                f"{key} is {value}; expected a number from {low:g} to {high:g}."
            )
