"""A program whose jobs on Dask wait until they are ended."""

import os
import pathlib
import time

from absl import flags

from keras_drnet import cli
from keras_drnet.processes.dask_cluster import run_on_dask

_FOLDER = flags.DEFINE_string(
    "folder", None, "Folder for a file for each job that waits."
)


def _wait(folder):
    pathlib.Path(folder, str(os.getpid())).touch()
    while True:
        time.sleep(1)


def main():
    """Start two jobs on two workers."""
    list(run_on_dask(_wait, [_FOLDER.value] * 2, num_workers=2, unit="job"))


if __name__ == "__main__":
    cli.run(main)
