"""Shared fixtures: a tiny configuration, and what costs time, made once."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The tests run in as many processes as there are cores. Read by TensorFlow, in the
# programs that a test starts, too.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import hypothesis
import keras
import numpy as np
import pytest

from keras_drnet.config.presets import PRESETS
from keras_drnet.data.meshes.mesh_renderer import MeshRenderer
from keras_drnet.errors import InputError

# A shell that starts the tests in the background has them, and all that they start,
# ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
# How long an example takes is the load's matter: the first one traces a graph.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def pytest_addoption(parser):
    parser.addoption("--run_slow", action="store_true", help="Run the long tests too.")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--run_slow"):
        _skip(items, "slow", "takes minutes; run with --run_slow")
    # CI has to have all that the tests need.
    if "CI" not in os.environ and any("opengl" in item.keywords for item in items):
        try:
            MeshRenderer(8)
        except InputError as error:
            _skip(items, "opengl", str(error))


def _skip(items, keyword, reason):
    for item in items:
        if keyword in item.keywords:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


@pytest.fixture
def tiny():
    return PRESETS["tiny"]()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@dataclasses.dataclass(frozen=True)
class S3:
    """A server of object storage.

    Attributes:
        environment: variables that a process needs to reach it.
        bucket: name of the bucket that is there.
    """

    environment: dict[str, str]
    bucket: str


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """A server for as long as the tests run: a process, as in one of ours TensorFlow
    would hold the lock that the server needs to answer."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    endpoint, bucket = f"http://127.0.0.1:{port}", "clips"
    log = tmp_path_factory.mktemp("s3") / "server.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=file,
            stderr=file,
        )
    request = urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")
    deadline = time.monotonic() + 60
    try:
        while True:
            try:
                urllib.request.urlopen(request, timeout=10).close()
                break
            except OSError as error:
                if server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"no S3 server: {error}\n{log.read_text()}")
                time.sleep(0.1)
        yield S3(
            environment={
                "S3_ENDPOINT": endpoint,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
            },
            bucket=bucket,
        )
    finally:
        server.terminate()
        server.wait()
