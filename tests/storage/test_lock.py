"""The lock of a folder: one process at a time, whatever ends it."""

import os
import signal
import subprocess
import sys

import pytest

from keras_drnet.errors import InputError
from keras_drnet.storage.lock import exclusive
from tests.support.paths import ROOT

HOLD = """
import sys, time
from keras_drnet.storage.lock import exclusive
with exclusive(sys.argv[1], "the folder"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / ".lock")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_another_process_is_refused_and_the_holder_named(tmp_path, holder):
    message = f"the folder is being written by process {holder.pid} on .* Wait for it"
    with (
        pytest.raises(InputError, match=message),
        exclusive(tmp_path / ".lock", "the folder"),
    ):
        pytest.fail("locked twice")
    assert (tmp_path / ".lock").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_process_holds_nothing(tmp_path, holder, number):
    holder.send_signal(number)
    holder.wait()
    with exclusive(tmp_path / ".lock", "the folder"):
        assert str(os.getpid()) in (tmp_path / ".lock").read_text()
    assert not list(tmp_path.iterdir())


def test_the_lock_is_given_back_after_an_error(tmp_path):
    for _ in range(2):
        with pytest.raises(KeyError), exclusive(tmp_path / ".lock", "the folder"):
            raise KeyError
    assert not list(tmp_path.iterdir())


def test_a_folder_in_which_nothing_can_be_made_is_named():
    with (
        pytest.raises(InputError, match="/proc/.lock cannot be written"),
        exclusive("/proc/.lock", "/proc"),
    ):
        pass


def test_there_is_none_on_object_storage():
    with exclusive("s3://bucket/.lock", "s3://bucket"):
        pass
