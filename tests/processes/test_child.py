"""Commands in child processes, and how they end."""

import os
import signal
import subprocess
import sys

import pytest

from keras_drnet.processes.child import run_child
from tests.support.paths import ROOT

PARENT = """
import sys
from keras_drnet.processes.child import run_child
run_child([sys.executable, "-c", sys.argv[1]])
"""
SLEEP = "import time; print('begun', flush=True); time.sleep(600)"
SAVE_AT_THE_END = f"""
try:
    {SLEEP}
except KeyboardInterrupt:
    time.sleep(1)
    print("saved", flush=True)
"""


def start(child):
    """Returns the process of a parent whose child has begun."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, child],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout.readline()
    return parent


def test_the_exit_code_is_returned():
    assert run_child([sys.executable, "-c", "raise SystemExit(7)"]) == 7
    killed = "import os; os.kill(os.getpid(), 9)"
    assert run_child([sys.executable, "-c", killed]) == -signal.SIGKILL


def test_a_child_ends_with_a_killed_parent():
    parent = start(SLEEP)
    parent.kill()
    # The end of the output: no process is left that could write to it.
    assert parent.stdout.read() == ""
    parent.wait()
    parent.stdout.close()


def test_a_child_may_save_after_ctrl_c():
    parent = start(SAVE_AT_THE_END)
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.stdout.read() == "saved\n"
    assert parent.wait() == -signal.SIGINT
    parent.stdout.close()


def test_an_error_in_the_parent_ends_the_child():
    def give_up(*_):
        raise RuntimeError("given up")

    before = signal.signal(signal.SIGALRM, give_up)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(RuntimeError, match="given up"):
            run_child([sys.executable, "-c", SLEEP])
    finally:
        signal.signal(signal.SIGALRM, before)
