"""The protocol buffers of TF Serving, from the package tensorflow-serving-api.

It is loaded only where it is needed: REST works without it.
"""

import importlib

from keras_drnet.errors import InputError


def load_api(*names):
    """Return modules of `tensorflow_serving.apis`, such as "predict_pb2".

    Raises:
        InputError: tensorflow-serving-api is not installed, or does not load beside
            the TensorFlow that is.
    """
    try:
        return [importlib.import_module(f"tensorflow_serving.apis.{n}") for n in names]
    except ImportError as error:
        raise InputError(
            "gRPC and warm-up requests need tensorflow-serving-api, which does not "
            f"load here ({error}); install it with pip install 'keras-drnet[serving]', "
            "or use REST."
        ) from error
