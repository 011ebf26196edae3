"""The errors that a user can mend."""


class InputError(ValueError):
    """Something that was handed in is wrong: a flag, a file, a size, a folder.

    The message says what happened, what was expected and what to do. The programs
    print it as one sentence and exit with code 2.
    """


class TrainingError(RuntimeError):
    """Training cannot go on: a loss is no longer a finite number."""


def choose(table, name, kind):
    """Returns `table[name]`; an unknown name is answered with the valid ones.

    Raises:
        InputError: `name` is not in `table`.
    """
    if name in table:
        return table[name]
    raise InputError(f"Unknown {kind} {name!r}; expected one of {sorted(table)}.")
