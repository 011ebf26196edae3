"""JSON as text: one line for each list, and for each object of numbers alone."""

import json
from typing import Any


def dumps(values: dict[str, Any]) -> str:
    """Format values as JSON that is short and can be compared line by line.

    Args:
        values: dict of what `json.dumps` takes.

    Returns:
        A string that ends with a line break. The same values give the same text.
    """
    return _format(values, "\n") + "\n"


def _format(value: Any, line_break: str) -> str:
    if not isinstance(value, dict) or all(map(_is_number, value.values())):
        return json.dumps(value)
    inner = f"{line_break}  "
    members = (
        f"{inner}{json.dumps(key)}: {_format(one, inner)}" for key, one in value.items()
    )
    return "{" + ",".join(members) + line_break + "}"


def _is_number(value: object) -> bool:
    return value is None or isinstance(value, (int, float))
