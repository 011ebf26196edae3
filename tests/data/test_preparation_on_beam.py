"""Preparation as a pipeline of Apache Beam, in an environment that has it.

`make test-beam` makes the environment and runs these tests.
"""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from tests.support.paths import ROOT
from tests.support.processes import living_processes, run_command
from tests.support.shards import contents, flags

PYTHON = os.environ.get("BEAM_PYTHON", "")
BEAM = ("--executor=beam", "--workers=2")
pytestmark = [
    pytest.mark.xdist_group("beam"),
    pytest.mark.skipif(
        not PYTHON,
        reason="Apache Beam needs an environment of its own: run make test-beam",
    ),
]


def words(*more):
    return [PYTHON, "-m", *map(str, more)]


def prepare(*more, **kwargs):
    return run_command(*words("keras_drnet.prepare", *more), **kwargs)


@pytest.fixture(scope="module")
def made(videos, tmp_path_factory):
    """Shards that processes have made, with the versions that are beside Beam."""
    output = tmp_path_factory.mktemp("beam") / "made"
    result = prepare(*flags(videos, output, "--workers=2"))
    assert result.returncode == 0, result.stderr
    return output


def test_two_processes_make_the_same(made, videos, tmp_path):
    result = prepare(*flags(videos, tmp_path / "made", *BEAM))
    assert result.returncode == 0, result.stderr
    assert "Apache Beam: 5 shards to make" in result.stderr
    assert contents(tmp_path / "made") == contents(made)


def test_other_versions_make_the_same_shards(made, shards):
    """Those of the two environments differ; what they make today does not."""
    names = {path.name for path in made.glob("*.tfrecord")}
    ours, theirs = contents(shards), contents(made)
    assert len(names) == 5
    assert {name: ours[name] for name in names} == {n: theirs[n] for n in names}


@pytest.fixture
def servers(tmp_path):
    """Options that name a job server and a pool of workers, processes of their own."""
    ports = []
    for _ in range(2):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            ports.append(unused.getsockname()[1])
    # The pool starts the first `python` on PATH.
    path = os.path.dirname(PYTHON) + os.pathsep + os.environ["PATH"]
    options = {
        "cwd": tmp_path,
        "env": os.environ | {"PATH": path},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "start_new_session": True,
    }
    modules = (
        ("portability.local_job_service_main", f"--port={ports[0]}"),
        ("worker.worker_pool_main", f"--service_port={ports[1]}"),
    )
    processes = [
        subprocess.Popen(words(f"apache_beam.runners.{module}", port), **options)
        for module, port in modules
    ]
    try:
        for port in ports:
            wait_for(port)
        yield (
            f"--runner=PortableRunner --job_endpoint=127.0.0.1:{ports[0]} "
            f"--environment_type=EXTERNAL --environment_config=127.0.0.1:{ports[1]}"
        )
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(port):
    deadline = time.monotonic() + 120
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens on {port}"
            time.sleep(0.1)


def test_a_job_server_and_its_workers_make_the_same(servers, made, videos, tmp_path):
    """As with Flink: the job goes to a server, and from there to workers, which are
    in another folder. The paths are relative."""
    folder = tmp_path / "here"
    folder.mkdir()
    result = prepare(
        *flags(os.path.relpath(videos, folder), "made", "--executor=beam"),
        f"--beam_options={servers}",
        cwd=folder,
    )
    assert result.returncode == 0, result.stderr
    assert contents(folder / "made") == contents(made)


def test_an_error_in_a_job_ends_with_its_sentence(made, videos, tmp_path):
    output = tmp_path / "made"
    in_the_way = output / max(path.name for path in made.glob("*.tfrecord"))
    in_the_way.mkdir(parents=True)
    result = prepare(*flags(videos, output, *BEAM))
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        f"Error: {in_the_way} is a folder; expected the name of a file to write."
    )
    in_the_way.rmdir()
    result = prepare(*flags(videos, output, *BEAM))
    assert result.returncode == 0, result.stderr
    assert contents(output) == contents(made)


def test_options_that_beam_refuses_get_a_sentence(videos, tmp_path):
    options = "--beam_options=--runner=NoRunner"
    result = prepare(*flags(videos, tmp_path / "made", *BEAM, options))
    assert result.returncode == 2
    last = result.stderr.splitlines()[-1]
    assert last.startswith("Error: Apache Beam refuses ") and "NoRunner" in last


def start(videos, output):
    """Returns the process of a preparation that is about to write a shard."""
    process = subprocess.Popen(
        words("keras_drnet.prepare", *flags(videos, output, *BEAM)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not list(output.glob("*.tfrecord*")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    return process


def test_after_the_death_of_a_worker_one_can_continue(made, videos, tmp_path):
    output = tmp_path / "made"
    process = start(videos, output)
    listed = run_command("ps", "-o", "pid=,args=", "-s", process.pid).stdout
    workers = re.findall(rf"^ *(\d+) {PYTHON} .*sdk_worker_main", listed, re.M)
    os.kill(int(workers[0]), signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode == 2
    assert errors.splitlines()[-1].startswith("Error: A worker process died; ")
    assert living_processes(process.pid) == []
    result = prepare(*flags(videos, output, "--workers=1"))
    assert result.returncode == 0, result.stderr
    assert contents(output) == contents(made)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_program(videos, tmp_path, number):
    process = start(videos, tmp_path / "made")
    # Ctrl-C reaches the workers, too.
    send = os.killpg if number == signal.SIGINT else os.kill
    send(process.pid, number)
    process.communicate()
    if number == signal.SIGINT:
        assert process.returncode == 130
    assert living_processes(process.pid) == []
