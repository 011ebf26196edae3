"""Trained runs that are part of the package.

Each is a run folder with weights in float16 and without the state that training needs
to continue, as written by `python -m keras_drnet.release`. Every program but `train`
takes it as `--run_dir=pretrained:<name>`.
"""

import pathlib

from keras_drnet.errors import choose

PREFIX = "pretrained:"
FOLDER = pathlib.Path(__file__).parent


def find(name):
    """Return the folder of a packaged run.

    Args:
        name: its name, without the prefix.

    Raises:
        InputError: there is no run of that name; the message lists those there are.
    """
    return choose(
        {path.parent.name: path.parent for path in FOLDER.glob("*/config.json")},
        name,
        "pretrained run",
    )
