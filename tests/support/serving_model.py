"""A small SavedModel of untrained networks, and a server for it."""

import contextlib
import json
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import numpy as np
import tensorflow as tf

from export.graph.step_graph import StepGraph
from export.serving.client import ServingClient
from keras_drnet.config.presets import PRESETS
from tests.support.networks import lively_networks

LABELS = {"stable": 1, "canary": 2}
TIMEOUT = 120  # Seconds; long, for machines that do much else.


def write_saved_model(path, *, seed=0):
    """Write networks of the preset `tiny`; return their `Signatures`."""
    config = PRESETS["tiny"]()
    graph = StepGraph(lively_networks(config, seed=seed), config.data.num_past)
    functions = graph.functions()
    tf.saved_model.save(graph, str(path), signatures=functions)
    return graph.signatures(functions, config.data, "tiny")


def make_past(rng, signatures, batch_size=1):
    """Draw random observed frames."""
    shape = signatures.functions["prime"].inputs["past"].shape
    return rng.random((batch_size, *shape[1:]), "float32")


class Served:
    """A running stand-in: its addresses, its signatures, and the models it serves."""

    def __init__(self, ports, base_path, signatures):
        self.addresses = {
            "rest": f"http://127.0.0.1:{ports['rest']}",
            "grpc": f"127.0.0.1:{ports['grpc']}",
        }
        self.base_path, self.signatures = base_path, signatures
        self._loaded = {}

    def client(self, protocol, **kwargs):
        return ServingClient(
            self.addresses[protocol], self.signatures, protocol=protocol, **kwargs
        )

    def direct(self, signature, inputs, version=2):
        if version not in self._loaded:
            path = str(self.base_path / str(version))
            self._loaded[version] = tf.saved_model.load(path)
        function = self._loaded[version].signatures[signature]
        tensors = {key: tf.constant(value) for key, value in inputs.items()}
        return {key: value.numpy() for key, value in function(**tensors).items()}

    def future(self, past, num_future, version=2):
        count = np.full(len(past), num_future, np.int32)
        inputs = {"past": past, "num_future": count}
        return self.direct("serving_default", inputs, version)["future"]

    def post(self, content, path="/v1/models/drnet:predict"):
        """Send bytes; return the HTTP status and the answer."""
        request = urllib.request.Request(self.addresses["rest"] + path, content)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@contextlib.contextmanager
def serve(folder):
    """Write two versions into a folder, start a stand-in, and yield a `Served`."""
    base_path = folder / "drnet"
    signatures = write_saved_model(base_path / "1", seed=1)
    assert write_saved_model(base_path / "2", seed=2) == signatures
    labels = [f"{name}={number}" for name, number in LABELS.items()]
    stand_in = pathlib.Path(__file__).with_name("serving_stand_in.py")
    server = subprocess.Popen(
        [sys.executable, stand_in, base_path, *labels],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        ports = json.loads(server.stdout.readline())
        yield Served(ports, base_path, signatures)
    finally:
        server.terminate()
        server.communicate()
