"""Programs run as processes, as a user runs them."""

import json
import subprocess
import sys
import time

import pytest

from tests.support.paths import ROOT

TIMEOUT = 600
LAST_STEPS = {"drnet": 12, "pose": 6}  # Of the tiny preset.


def command(program, *flags):
    return [sys.executable, "-m", f"keras_drnet.{program}", *map(str, flags)]


def run(program, *flags, **kwargs):
    """Runs a program to its end and returns the completed process."""
    return subprocess.run(
        command(program, *flags),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        **kwargs,
    )


def train(run_dir, *flags, **kwargs):
    return run("train", f"--run_dir={run_dir}", *flags, **kwargs)


def start_training(run_dir, *flags):
    return subprocess.Popen(
        command("train", f"--run_dir={run_dir}", *flags),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process, path):
    """Waits until a file exists; fails with the process's errors if it ends first."""
    deadline = time.monotonic() + TIMEOUT
    while not path.exists():
        if process.poll() is not None:
            pytest.fail(f"ended with {process.returncode}: {process.stderr.read()}")
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)


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
