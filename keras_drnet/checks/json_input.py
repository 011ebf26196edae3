"""The one reader of JSON that comes from outside."""

import json
import math
from typing import Any

from keras_drnet.errors import InputError

MAX_DIGITS = 30  # Of a whole number; longer ones take quadratic time to read.


def parse_json(text: str | bytes) -> Any:
    """Parse JSON of which nothing is known.

    Args:
        text: a string, or bytes in UTF-8.

    Returns:
        Dicts, lists, strings, finite numbers, booleans and `None`.

    Raises:
        InputError: it is not JSON, has a key twice, is nested too deeply, or has a
            number that is too long or not finite. The message is a phrase without
            the name of the file.
    """
    try:
        return json.loads(
            text,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_number,
            object_pairs_hook=_distinct,
        )
    except InputError:
        raise
    except RecursionError:
        raise InputError("it is nested too deeply") from None
    except ValueError as error:  # Of the syntax, or of the encoding.
        raise InputError(f"it is not JSON: {error}") from error


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise InputError(f"a number has {len(digits)} digits")
    return int(digits)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InputError(f"{text} is not a finite number")
    return number


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise InputError("a key is there twice")
    return values
