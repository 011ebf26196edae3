"""Where the sources are that tests run and read."""

import pathlib

ROOT = pathlib.Path(__file__).parents[2]
