"""Training a contestant in a process of its own, on one core."""

import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping

import numpy as np

from keras_drnet.errors import InputError
from keras_drnet.processes.child import python_environment, run_child

CONTESTANTS = pathlib.Path(__file__).with_name("contestants")
NUM_LINES = 3  # Of a failed contestant's output, in the error.
SECONDS = "training, seconds of one core"
# All train on one thread of the processor, whose time is compared.
ONE_THREAD = {
    "CUDA_VISIBLE_DEVICES": "",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}


@dataclasses.dataclass(frozen=True)
class Trained:
    """What a contestant hands back.

    Attributes:
        outputs: by name, an array.
        seconds: processor time of training.
        versions: by name of package, its version.
    """

    outputs: Mapping[str, np.ndarray]
    seconds: float
    versions: Mapping[str, str]


def train_all(modules, data, arguments, settings):
    """Train contestants one after another, the peer first.

    Args:
        modules: by name of the library, the contestant; ours is the last.
        data: by name, an array.
        arguments: arguments of each one's `fit`.
        settings: `Settings`.

    Yields:
        The name of the library, and `Trained`.
    """
    *_, ours = modules
    for name, module in modules.items():
        python = None if name == ours else settings.peers_python
        yield name, train(module, data, arguments, peers_python=python)


def describe(text, epochs, batch_size, versions):
    """Return the sentences about data, training and versions of the packages."""
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"{text} {epochs} epochs of batches of {batch_size}. {listed}."


def train(module, data, settings, *, peers_python=None):
    """Train a contestant.

    Args:
        module: name of a module in `contestants`.
        data: by name, an array.
        settings: arguments of its `fit`, of JSON's types.
        peers_python: path of a Python that has the peers; `None` for this one, with
            which it imports from where this process does.

    Returns:
        `Trained`.

    Raises:
        InputError: there is no such Python, or the contestant failed; the message has
            the last lines of its output.
    """
    environment = python_environment(**ONE_THREAD)
    if peers_python:
        del environment["PYTHONPATH"]  # The peers' packages are its own.
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        np.savez(folder / "data.npz", **data)
        (folder / "settings.json").write_text(json.dumps(settings))
        python = str(peers_python or sys.executable)
        command = [python, str(CONTESTANTS / "train.py"), module, name]
        log = folder / "output.log"
        try:
            with open(log, "wb") as file:
                code = run_child(
                    command, stdout=file, stderr=subprocess.STDOUT, env=environment
                )
        except OSError as error:
            raise InputError(
                f"Cannot run {python}: {error.strerror}; expected a Python that has "
                "the peers, as `make peers` makes one."
            ) from error
        if code:
            lines = log.read_text(errors="replace").strip().splitlines()
            last = " / ".join(line.strip() for line in lines[-NUM_LINES:])
            raise InputError(
                f"{module} failed in {python} with exit code {code}: "
                f"{last or 'it printed nothing'}. Expected a Python that has the "
                "peers, as `make peers` makes one."
            )
        report = json.loads((folder / "report.json").read_text())
        with np.load(folder / "outputs.npz", allow_pickle=False) as file:
            return Trained(dict(file), **report)
