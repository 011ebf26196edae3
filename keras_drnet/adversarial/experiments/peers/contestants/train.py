"""Trains a contestant: a program for the Python that has its packages.

Usage:

    python train.py MODULE FOLDER

MODULE is one beside this file. FOLDER holds `data.npz` and `settings.json`, the
arguments of its `fit`; `outputs.npz` and `report.json` are added.
"""

import importlib
import json
import pathlib
import sys
import time
from importlib import metadata

import numpy as np


def main(module, folder):
    """Train, and write the outputs, the time and the versions of the packages."""
    folder = pathlib.Path(folder)
    contestant = importlib.import_module(module)
    with np.load(folder / "data.npz", allow_pickle=False) as file:
        data = dict(file)
    settings = json.loads((folder / "settings.json").read_text())
    # Processor time: other programs on the machine do not count.
    start = time.process_time()
    model = contestant.fit(data, **settings)
    seconds = time.process_time() - start
    np.savez(folder / "outputs.npz", **contestant.outputs(model, data))
    versions = {name: metadata.version(name) for name in contestant.PACKAGES}
    report = {"seconds": seconds, "versions": versions}
    (folder / "report.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
