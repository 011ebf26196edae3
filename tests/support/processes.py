"""Programs run as processes: see `warm_python` for what is special about them."""

import json
import subprocess
import sys
import time

import pytest

from tests.support import warm_python
from tests.support.paths import ROOT

TIMEOUT = 600
LAST_STEPS = {"drnet": 12, "pose": 6}  # Of the tiny preset.


def run_command(*words, **kwargs):
    """Runs a command to its end and returns the completed process, with its output."""
    kwargs = {"cwd": ROOT, "timeout": TIMEOUT} | kwargs
    return subprocess.run(
        list(map(str, words)), capture_output=True, text=True, check=False, **kwargs
    )


def run_module(module, *flags, **kwargs):
    """Runs `python -m module flags...`; see `run_command`."""
    if "preexec_fn" in kwargs:
        return run_command(sys.executable, "-m", module, *flags, **kwargs)
    kwargs = {"cwd": ROOT, "timeout": TIMEOUT} | kwargs
    return warm_python.run(module, *map(str, flags), **kwargs)


def run(program, *flags, **kwargs):
    """Runs one of the package's programs; see `run_command`."""
    return run_module(f"keras_drnet.{program}", *flags, **kwargs)


def train(run_dir, *flags, **kwargs):
    return run("train", f"--run_dir={run_dir}", *flags, **kwargs)


def start_training(run_dir, *flags):
    return warm_python.WarmPopen(
        "keras_drnet.train", f"--run_dir={run_dir}", *flags, cwd=ROOT
    )


def wait_for(process, path):
    """Waits until a file exists; fails with the process's errors if it ends first."""
    deadline = time.monotonic() + TIMEOUT
    while not path.exists():
        if process.poll() is not None:
            pytest.fail(f"ended with {process.returncode}: {process.communicate()[1]}")
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)


def living_processes(session):
    """Returns what lives of a session, `ps` lines; waits a while for its end."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = subprocess.run(
            ["ps", "-o", "pid=,stat=", "-s", str(session)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        living = [line for line in found.splitlines() if " Z" not in line]
        if not living:
            break
        time.sleep(0.2)
    return living


def checkpoint(run_dir, stage, step):
    return run_dir / stage / f"step_{step:08d}" / "checkpoint.json"


def checksums(run_dir):
    """Returns the checksums of all files of the last checkpoints."""
    return {
        (stage, name): entry["sha256"]
        for stage, step in LAST_STEPS.items()
        for name, entry in json.loads(checkpoint(run_dir, stage, step).read_text())[
            "files"
        ].items()
    }
