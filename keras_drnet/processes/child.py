"""A command in a child process, and its environment."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

if sys.platform == "linux":
    import fcntl


def run_child(command: Sequence[str], **options: Any) -> int:
    """Run a command that is sent SIGTERM when this process ends, even by a kill.

    After Ctrl-C, which reaches the command too, wait for what it does last. On systems
    other than Linux a command outlives a killed parent.

    Args:
        command: program and arguments.
        **options: as of `subprocess.Popen`; standard input is empty.

    Returns:
        The command's exit code; if a signal ended it, minus the signal's number.
    """
    reading_end, writing_end = os.pipe()
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[reading_end], **options
        ) as child:
            _signal_at_end_of_file(reading_end, child.pid)
            try:
                return child.wait()
            except KeyboardInterrupt:
                child.wait()
                raise
            except BaseException:
                child.terminate()
                raise
    finally:
        os.close(reading_end)
        os.close(writing_end)


def python_environment(**more: str) -> dict[str, str]:
    """Return an environment in which Python imports from where this process does.

    Args:
        **more: further variables.
    """
    path = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    return {**os.environ, "PYTHONPATH": path, **more}


def _signal_at_end_of_file(reading_end: int, pid: int) -> None:
    """Have the system send SIGTERM to a process once a pipe's writing end is closed.

    This needs no help of the process, which may be in a long call of a library.
    """
    if sys.platform == "linux":
        fcntl.fcntl(reading_end, fcntl.F_SETOWN, pid)
        fcntl.fcntl(reading_end, fcntl.F_SETSIG, signal.SIGTERM)
        status = fcntl.fcntl(reading_end, fcntl.F_GETFL)
        fcntl.fcntl(reading_end, fcntl.F_SETFL, status | os.O_ASYNC)
