"""Preparation resumed after a kill or a full disk, or once it is complete."""

import resource
import signal
import subprocess
import sys
import time

import pytest

from keras_drnet.data.pipeline.shards import MANIFEST
from keras_drnet.data.preparation import prepare
from tests.support.paths import ROOT
from tests.support.processes import living_processes
from tests.support.shards import config, contents, flags, run


def wait_for(predicate, process):
    deadline = time.monotonic() + 120
    while not predicate():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_preparation_resumes(videos, shards, tmp_path, number):
    output = tmp_path / "killed"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "keras_drnet.prepare",
            *flags(videos, output, "--workers=1"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(lambda: list(output.glob("*.done.json")), process)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not (output / MANIFEST).exists()
    done = {
        path.with_name(path.name.removesuffix(".done.json"))
        for path in output.glob("*.done.json")
    }
    times = {path: path.stat().st_mtime_ns for path in done}
    # Whatever was being written when the process died is written again.
    result = run(*flags(videos, output))
    assert result.returncode == 0, result.stderr
    assert {path: path.stat().st_mtime_ns for path in done} == times
    assert contents(output) == contents(shards)
    assert living_processes(process.pid) == []


def test_a_preparation_stopped_by_a_full_disk_resumes(videos, shards, tmp_path):
    output = tmp_path / "full"
    result = run(*flags(videos, output, "--workers=1"), preexec_fn=limit_file_size)
    assert result.returncode == 2
    assert "cannot be written" in result.stderr.splitlines()[-1]
    assert not list(output.glob("*.unfinished"))
    assert not list(output.glob("*.tfrecord"))
    result = run(*flags(videos, output))
    assert result.returncode == 0
    assert contents(output) == contents(shards)


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_prepared_shards_are_left_alone(videos, shards_copy):
    paths = sorted(shards_copy.glob("*.tfrecord"))
    times = [path.stat().st_mtime_ns for path in paths]
    prepare(config(videos).data, str(shards_copy), items_per_shard=2)
    assert sorted(shards_copy.glob("*.tfrecord")) == paths
    assert [path.stat().st_mtime_ns for path in paths] == times
