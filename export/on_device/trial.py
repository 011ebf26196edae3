"""A first run of a `.tflite` file in a process of its own.

Runtimes trust a file: one that was changed on purpose can crash them, and the program
with them. The process is a program, which `try_model` starts:

    python -m export.on_device.trial <file> <runtime>
"""

import os
import signal
import subprocess
import sys

import numpy as np

from .predictor import StrPath, VideoPredictor
from .runtimes import DeviceError

MOST_SECONDS = 120
NUM_STEPS = 2


def try_model(path: StrPath, runtime: str | None = None) -> None:
    """Load a file, `prime` and `step`, in a process of its own.

    A file that passes may still predict nonsense; it has done no harm.

    Args:
        path: `.tflite` file of a bundle.
        runtime: one of `RUNTIMES`, or `None` for the first that is installed.

    Raises:
        DeviceError: `VideoPredictor` refuses the file, or the process crashed or did
            not end.
    """
    command = [sys.executable, "-m", __name__, os.fspath(path), runtime or ""]
    modules = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": modules},
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DeviceError(
            f"{path} did not predict {NUM_STEPS} frames within {MOST_SECONDS} seconds. "
            "Get the file again from where you trust it."
        ) from error
    if done.returncode < 0:
        raise DeviceError(
            f"{path} crashes the runtime ({signal.Signals(-done.returncode).name}). "
            "Get the file again from where you trust it."
        )
    if done.returncode:
        raise DeviceError(os.fsdecode(done.stdout) or f"{path} cannot be run.")


def _main(path: str, runtime: str) -> int:
    try:
        predictor = VideoPredictor(path, runtime=runtime or None)
        about = predictor.signatures
        side = about.image_size
        predictor.prime(np.zeros((about.num_past, side, side, about.num_channels)))
        for _ in range(NUM_STEPS):
            predictor.step()
    except DeviceError as error:
        sys.stdout.buffer.write(os.fsencode(str(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
