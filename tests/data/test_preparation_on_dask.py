"""Preparation on Dask clusters: the shards are those that one process makes."""

import functools
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from keras_drnet.data.preparation import prepare
from keras_drnet.processes.child import python_environment
from keras_drnet.processes.dask_cluster import run_on_dask
from tests.support.dying_worker import die_once
from tests.support.paths import ROOT
from tests.support.processes import living_processes
from tests.support.shards import config, contents, flags, run

DASK = ("--executor=dask", "--workers=2")


def start(*words, cwd=ROOT):
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        cwd=cwd,
        env=python_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(process, folder, pattern):
    while not list(folder.glob(pattern)):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_a_killed_worker_changes_nothing(videos, shards, tmp_path):
    output, marker = tmp_path / "made", tmp_path / "a worker was killed"

    def run_and_kill(make, jobs, **kwargs):
        make = functools.partial(die_once, make=make, output=output, marker=marker)
        return run_on_dask(make, jobs, **kwargs)

    prepare(
        config(videos).data,
        output,
        items_per_shard=2,
        num_workers=2,
        executor=run_and_kill,
    )
    assert marker.exists()
    assert contents(output) == contents(shards)


@pytest.fixture
def cluster(tmp_path):
    """An address, its scheduler and two workers, all of them in another folder."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    local = ("--host=127.0.0.1", "--no-dashboard")
    scheduler = start("distributed.cli.dask_scheduler", *local, "--port=0", cwd=folder)
    workers = []
    try:
        lines = (re.search(r"Scheduler at:\s+(\S+)", line) for line in scheduler.stdout)
        address = next(filter(None, lines))[1]
        for threads in (1, 2):
            more = (address, "--no-nanny", f"--nthreads={threads}")
            workers.append(
                start("distributed.cli.dask_worker", *local, *more, cwd=folder)
            )
        yield address, scheduler, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.communicate()


def test_workers_in_another_folder_make_the_same(cluster, videos, shards, tmp_path):
    """The paths are relative, and one of the two workers is killed."""
    address, _, workers = cluster
    output = tmp_path / "made"
    process = start(
        "keras_drnet.prepare",
        *flags(os.path.relpath(videos, tmp_path), "made", "--executor=dask"),
        f"--scheduler={address}",
        cwd=tmp_path,
    )
    wait_for(process, output, "*.unfinished")
    workers[0].kill()
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    assert contents(output) == contents(shards)


def test_a_scheduler_that_goes_away_is_reported(cluster, videos, tmp_path):
    address, scheduler, _ = cluster
    output = tmp_path / "made"
    process = start(
        "keras_drnet.prepare",
        *flags(videos, output, "--executor=dask", f"--scheduler={address}"),
    )
    wait_for(process, output, "*.unfinished")
    scheduler.kill()
    printed, _ = process.communicate()
    assert process.returncode == 2
    assert printed.splitlines()[-1].startswith("Error: The Dask scheduler went away.")


def test_an_error_in_a_job_ends_with_its_sentence(videos, shards, tmp_path):
    output = tmp_path / "made"
    in_the_way = output / max(path.name for path in shards.glob("*.tfrecord"))
    in_the_way.mkdir(parents=True)
    result = run(*flags(videos, output, *DASK))
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        f"Error: {in_the_way} is a folder; expected the name of a file to write."
    )
    in_the_way.rmdir()
    times = {path: path.stat().st_mtime_ns for path in output.glob("*.tfrecord")}
    assert times
    result = run(*flags(videos, output))
    assert result.returncode == 0, result.stderr
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert contents(output) == contents(shards)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_program(tmp_path, number):
    process = start("tests.support.waiting_jobs", f"--folder={tmp_path}")
    wait_for(process, tmp_path, "*")
    # Ctrl-C reaches the workers, too.
    send = os.killpg if number == signal.SIGINT else os.kill
    send(process.pid, number)
    printed, _ = process.communicate()
    if number == signal.SIGINT:
        assert process.returncode == 130, printed
        assert "Traceback" not in printed
    assert living_processes(process.pid) == []
