"""Conversions, each in a process of its own.

TensorFlow's converters leak memory and may abort the process on a graph that they
cannot convert: then the export ends with an error message, not with a crash.
"""

import pathlib
import signal
import subprocess
import sys

from keras_drnet.errors import ExportError
from keras_drnet.processes.child import python_environment, run_child


def run(module, *arguments, log):
    """Run `python -m module arguments...`, which imports from where this one does.

    Args:
        module: name of a module.
        arguments: its arguments.
        log: file for its output.

    Raises:
        ExportError: it failed; the message has the last line of its output and the
            log's path.
    """
    with open(log, "wb") as file:
        code = run_child(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdout=file,
            stderr=subprocess.STDOUT,
            env=python_environment(TF_CPP_MIN_LOG_LEVEL="2"),
        )
    if code:
        lines = pathlib.Path(log).read_text(errors="replace").strip().splitlines()
        raise ExportError(
            f"{module} {_ending(code)}: "
            f"{lines[-1].strip() if lines else 'it printed nothing'} "
            f"(its whole output is in {log})."
        )


def log_path(folder):
    """Return the path of the log file for conversions into a folder: beside it."""
    folder = pathlib.Path(folder).resolve()
    return folder.with_name(f"{folder.name}.conversion.log")


def _ending(code):
    if code > 0:
        return f"failed with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"
