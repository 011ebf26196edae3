"""Trained runs that are part of the package.

Each is a run folder with weights in float16 and without the state that training needs
to continue, and a card, as written by `python -m keras_drnet.release`. Every program
but `train` takes it as `--run_dir=pretrained:<name>`.
"""

import pathlib

from keras_drnet.errors import choose

PREFIX = "pretrained:"
FOLDER = pathlib.Path(__file__).parent


def names():
    """Return the names of the packaged runs, sorted."""
    return sorted(path.parent.name for path in FOLDER.glob("*/config.json"))


def find(name):
    """Return the folder of a packaged run.

    Args:
        name: its name, without the prefix.

    Raises:
        InputError: there is no run of that name; the message lists those there are.
    """
    return choose({n: FOLDER / n for n in names()}, name, "pretrained run")
