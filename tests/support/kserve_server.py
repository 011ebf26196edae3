"""Serves a SavedModel with KServe, an independent model server, for `test_kserve.py`.

It runs in an environment of its own: kserve needs a newer protobuf than TensorFlow 2.17
allows.

    python tests/support/kserve_server.py SAVED_MODEL_DIR

serves model "drnet" on a port of 127.0.0.1 that it prints first.
"""

import os
import socket
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import kserve
import numpy as np
import tensorflow as tf
from kserve.model_repository import ModelRepository
from kserve.protocol.dataplane import DataPlane
from kserve.protocol.model_repository_extension import ModelRepositoryExtension
from kserve.protocol.rest.server import RESTServer


class SavedModel(kserve.Model):
    """Runs the signatures of a SavedModel, for requests in columns."""

    def __init__(self, path):
        super().__init__("drnet")
        self._loaded = tf.saved_model.load(path)
        self.ready = True

    def validate(self, payload):
        """Accept an object as "inputs", as TF Serving does."""
        return payload

    async def predict(self, payload, headers=None, response_headers=None):
        function = self._loaded.signatures[payload["signature_name"]]
        specs = function.structured_input_signature[1]
        values = payload["inputs"]
        try:
            inputs = {
                name: tf.constant(np.array(values[name], spec.dtype.as_numpy_dtype))
                for name, spec in specs.items()
            }
            outputs = {k: v.numpy().tolist() for k, v in function(**inputs).items()}
        except (KeyError, ValueError, tf.errors.InvalidArgumentError) as error:
            raise kserve.errors.InvalidInput(str(error)) from error
        (first, *others) = outputs.values()
        return {"outputs": outputs if others else first}


def main(path):
    models = ModelRepository()
    models.update(SavedModel(path))
    # KServe's own start listens on all addresses.
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    RESTServer(
        "kserve.model_server:app",
        DataPlane(models),
        ModelRepositoryExtension(models),
        http_port=0,
    ).run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
