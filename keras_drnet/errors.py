"""Errors that a user can fix."""

import difflib


class InputError(ValueError):
    """Invalid input: a flag, a file, a shape or a folder.

    The message says what happened, what was expected and what to do. The programs
    print it and exit with code 2.
    """


class TrainingError(RuntimeError):
    """Training cannot continue: a loss is not finite."""


class ExportError(RuntimeError):
    """A network cannot be converted, or its outputs differ after conversion."""


def choose(table, name, kind):
    """Return `table[name]`.

    Raises:
        InputError: `name` is not in `table`; the message lists the valid names and
            suggests the nearest one.
    """
    if name in table:
        return table[name]
    nearest = difflib.get_close_matches(name, table, n=1, cutoff=0.4)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    raise InputError(f"Unknown {kind} {name!r}; expected one of {sorted(table)}.{hint}")
