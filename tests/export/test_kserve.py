"""The client against KServe, whose first protocol is TF Serving's REST interface.

python -m venv kserve
kserve/bin/pip install kserve==0.21.0 tensorflow-cpu==2.21.0
KSERVE_PYTHON=kserve/bin/python pytest --run_slow tests/export/test_kserve.py
"""

import os
import subprocess

import numpy as np
import pytest
import tensorflow as tf

from export.serving.client import ServingClient
from keras_drnet.errors import InputError
from tests.support.paths import ROOT
from tests.support.serving_model import make_past, write_saved_model

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("KSERVE_PYTHON"),
        reason="set KSERVE_PYTHON to a Python that has kserve and tensorflow",
    ),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a server, and what it serves."""
    path = tmp_path_factory.mktemp("kserve") / "1"
    signatures = write_saved_model(path)
    script = ROOT / "tests/support/kserve_server.py"
    server = subprocess.Popen(
        [os.environ["KSERVE_PYTHON"], script, path],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"
        loaded = tf.saved_model.load(str(path))
        yield address, signatures, loaded
    finally:
        server.terminate()
        server.communicate()


def test_every_signature_gives_what_the_model_itself_gives(served, rng):
    address, signatures, loaded = served
    client = ServingClient(address, signatures)
    for name, function in signatures.functions.items():
        inputs = {}
        for key, tensor in function.inputs.items():
            shape = [2 if size is None else size for size in tensor.shape]
            inputs[key] = rng.random(shape).astype(tensor.dtype)
            if key == "num_future":
                inputs[key] = np.int32([2, 4])
        tensors = {key: tf.constant(value) for key, value in inputs.items()}
        expected, found = loaded.signatures[name](**tensors), client.call(name, inputs)
        assert expected.keys() == found.keys()
        for key, value in expected.items():
            # The server's TensorFlow is another version.
            np.testing.assert_allclose(found[key], value, rtol=1e-5, atol=1e-5)


def test_refusals_are_explained(served, rng):
    address, signatures, _ = served
    client = ServingClient(address, signatures)
    inputs = {"past": make_past(rng, signatures), "num_future": np.int32([100_000])}
    with pytest.raises(InputError, match="refused the request: .*num_future must be"):
        client.call("serving_default", inputs)
    with pytest.raises(InputError, match="does not have model 'other'"):
        ServingClient(address, signatures, model="other").predict(inputs["past"], 1)
