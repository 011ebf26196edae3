"""Parses command lines as the programs themselves do, without running them.

Reads a JSON list of `[module, *arguments]` from standard input and writes the list of
those that their program refuses.
"""

import argparse
import importlib.util
import json
import os
import runpy
import sys

from absl import app

import keras_drnet.training.stages  # noqa: F401  Imported once for all programs.


def is_accepted(module, *arguments):
    """Parse in a process of its own: every program defines its own flags."""
    if not arguments:
        return importlib.util.find_spec(module) is not None
    child = os.fork()
    if child == 0:
        sys.argv = [module, *arguments]
        parse_args = argparse.ArgumentParser.parse_args
        app.run = lambda main, flags_parser: sys.exit(len(flags_parser(sys.argv)) > 1)
        argparse.ArgumentParser.parse_args = lambda self: sys.exit(not parse_args(self))
        try:
            runpy.run_module(module, run_name="__main__")
        except SystemExit as end:
            os._exit(int(bool(end.code)))
        os._exit(1)  # A module that parses nothing is no program.
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    json.dump([c for c in json.load(sys.stdin) if not is_accepted(*c)], sys.stdout)
