"""The errors that a user can mend."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


class InputError(ValueError):
    """Something that was handed in is wrong: a flag, a file, a size, a folder.

    The message says what happened, what was expected and what to do. The programs
    print it as one sentence and exit with code 2.
    """


class TrainingError(RuntimeError):
    """Training cannot go on: a loss is no longer a finite number."""


class ExportError(RuntimeError):
    """A trained network cannot be converted, or what came out is not what went in."""


def choose(table: Mapping[str, T], name: str, kind: str) -> T:
    """Return `table[name]`.

    Raises:
        InputError: `name` is not in `table`; the message has the valid names and the
            nearest one.
    """
    if name in table:
        return table[name]
    nearest = difflib.get_close_matches(name, table, n=1, cutoff=0.4)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    raise InputError(f"Unknown {kind} {name!r}; expected one of {sorted(table)}.{hint}")
