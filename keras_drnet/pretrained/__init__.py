"""The trained runs that come with the package.

Each is a run folder of its own, weights in float16 and without what training needs to
go on; `python -m keras_drnet.release` makes one. Every program takes it as
`--run_dir=pretrained:<name>`.
"""

import pathlib

from keras_drnet.errors import choose

PREFIX = "pretrained:"
FOLDER = pathlib.Path(__file__).parent


def find(name):
    """Return the folder of a trained run.

    Args:
        name: its name, without the prefix.

    Raises:
        InputError: there is none of that name; the message has those that there are.
    """
    return choose(
        {path.parent.name: path.parent for path in FOLDER.glob("*/config.json")},
        name,
        "pretrained run",
    )
