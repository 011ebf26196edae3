"""Python modules run in processes that have TensorFlow imported already.

The import takes seconds, of each of the hundred processes of the suite. A server does
it once and forks itself for each run: the process that it forks has arguments,
environment, output, signals and exit code of its own, as a new one has.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tensorflow"])


class WarmPopen:
    """A running `python -m module flags...`, used as a `subprocess.Popen`.

    Attributes:
        pid: number of the process.
    """

    def __init__(self, module, *flags, cwd, env=os.environ):
        self.args = [module, *flags]
        # Closed by `communicate`.
        self._outputs = [tempfile.TemporaryFile("w+") for _ in range(2)]  # noqa: SIM115
        files = [_PROCESSES.reducer.DupFd(file.fileno()) for file in self._outputs]
        self._process = _PROCESSES.Process(
            target=_run_module,
            args=(self.args, os.fspath(cwd), dict(env), *files),
        )
        self._process.start()
        self.pid = self._process.pid

    @property
    def returncode(self):
        """The exit code; `None` while the process runs, -N if signal N ended it."""
        return self._process.exitcode

    def poll(self):
        """Returns `returncode`."""
        return self.returncode

    def send_signal(self, number):
        """Sends a signal to the process."""
        os.kill(self.pid, number)

    def kill(self):
        """Kills the process."""
        self._process.kill()

    def communicate(self, timeout=None):
        """Waits for the end; returns standard output and standard error.

        Raises:
            subprocess.TimeoutExpired: it took longer than `timeout` seconds.
        """
        self._process.join(timeout)
        if self._process.is_alive():
            raise subprocess.TimeoutExpired(self.args, timeout)
        texts = []
        for file in self._outputs:
            with file:
                file.seek(0)
                texts.append(file.read())
        return tuple(texts)


def run(module, *flags, timeout, **kwargs):
    """Runs `python -m module flags...` to its end; returns a `CompletedProcess`."""
    process = WarmPopen(module, *flags, **kwargs)
    try:
        outputs = process.communicate(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, *outputs)


def _run_module(arguments, cwd, environment, *outputs):
    for output, descriptor in zip(outputs, (1, 2), strict=True):
        os.dup2(output.detach(), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.path.insert(0, cwd)
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
