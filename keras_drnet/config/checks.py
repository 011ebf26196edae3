"""Checks of the values of a section; each raises `InputError`."""

from typing import Any

from keras_drnet.errors import InputError


def require(section: object, **choices: tuple[Any, ...]) -> None:
    """Check that values are among the valid ones, given by key."""
    for key, valid in choices.items():
        if getattr(section, key) not in valid:
            raise InputError(
                f"{key} is {getattr(section, key)!r}; expected one of {list(valid)}."
            )


def require_positive(section: object, *keys: str) -> None:
    """Check that the values of some keys are above 0."""
    for key in keys:
        if not getattr(section, key) > 0:
            raise InputError(
                f"{key} is {getattr(section, key)}; expected a number above 0."
            )


def require_not_negative(section: object, *keys: str) -> None:
    """Check that the values of some keys are 0 or above."""
    for key in keys:
        if not getattr(section, key) >= 0:
            raise InputError(
                f"{key} is {getattr(section, key)}; expected 0 or a number above."
            )
