"""Tables that stand between markers in Markdown files, to be written by a program.

<!-- begin table: NAME -->
<!-- end table -->
"""

import re

from keras_drnet.errors import InputError, choose

BEGIN, END = "<!-- begin table: {} -->", "<!-- end table -->"
_MARKER = re.compile("|".join((BEGIN.format(r"(?P<name>\S+)"), END)))


def split(text):
    """Find the tables of a text.

    Args:
        text: Markdown, a string.

    Returns:
        List of pairs of a name and a text, in their order: tables with their names, and
        what stands between them with the name "", markers included. Joined, the texts
        are the whole.

    Raises:
        InputError: a marker has no partner.
    """
    parts, name, start = [], "", 0
    for marker in _MARKER.finditer(text):
        begins = marker["name"] is not None
        if begins == bool(name):
            line = text.count("\n", 0, marker.start()) + 1
            raise InputError(
                f"Line {line}: {marker[0]} has no partner; expected "
                f"{BEGIN.format('NAME')} and {END} by turns."
            )
        end = marker.end() if begins else marker.start()
        parts.append((name, text[start:end]))
        name, start = marker["name"] or "", end
    if name:
        raise InputError(f"Table {name!r} has no end; expected {END} after it.")
    return [*parts, ("", text[start:])]


def replace(text, tables):
    """Put newly made tables between the markers of a text.

    Args:
        text: Markdown, a string.
        tables: dict of name to a function without arguments that returns the table.

    Returns:
        The text with its tables replaced.

    Raises:
        InputError: a marker has no partner, or a name is not in `tables`.
    """
    return "".join(
        f"\n{choose(tables, name, 'table')()}\n" if name else part
        for name, part in split(text)
    )


def differing(before, after):
    """Return the names of the tables that differ between two states of a text."""
    pairs = zip(split(before), split(after), strict=False)
    return [name for (name, old), (_, new) in pairs if name and old != new]
