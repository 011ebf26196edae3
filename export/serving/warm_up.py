"""Warm-up: requests that TF Serving runs as it loads a model, before it takes calls.

The first call of a function is many times slower than the next. The server therefore
runs the requests in `assets.extra/tf_serving_warmup_requests` first, and refuses a
model whose requests it cannot read or run. `replay_warm_up` checks them beforehand.
"""

import pathlib

import tensorflow as tf
from google.protobuf.message import DecodeError

from keras_drnet.errors import ExportError, InputError

from .api import load_api

WARM_UP_FILE = pathlib.Path("assets.extra", "tf_serving_warmup_requests")
MAX_RECORDS = 1000  # The server refuses more.


def write_warm_up(saved_model_dir, requests, *, model="drnet"):
    """Write warm-up requests into a SavedModel.

    Args:
        saved_model_dir: folder of the SavedModel: that of the version, not its parent.
        requests: pairs of a signature's name and a dict of its inputs, arrays; 1 to
            1000 of them.
        model: name by which the server will know the model.

    Returns:
        The path of the file.

    Raises:
        InputError: too few or too many requests, or tensorflow-serving-api is not
            installed.
    """
    predict_pb2, log_pb2 = load_api("predict_pb2", "prediction_log_pb2")
    requests = list(requests)
    if not 1 <= len(requests) <= MAX_RECORDS:
        raise InputError(
            f"{len(requests)} warm-up requests; expected 1 to {MAX_RECORDS}."
        )
    path = pathlib.Path(saved_model_dir) / WARM_UP_FILE
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature, inputs in requests:
            request = predict_pb2.PredictRequest()
            request.model_spec.name = model
            request.model_spec.signature_name = signature
            for name, value in inputs.items():
                request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
            log = log_pb2.PredictionLog()
            log.predict_log.request.CopyFrom(request)
            writer.write(log.SerializeToString())
    return path


def replay_warm_up(saved_model_dir):
    """Run the warm-up requests as the server will.

    Args:
        saved_model_dir: folder that `write_warm_up` wrote to.

    Returns:
        The names of the signatures that were run, one for each request.

    Raises:
        InputError: there is no such file, or tensorflow-serving-api is not installed.
        ExportError: a request cannot be read or run; the server would refuse the
            model.
    """
    path = pathlib.Path(saved_model_dir) / WARM_UP_FILE
    if not path.is_file():
        raise InputError(f"{path} is not there; expected what write_warm_up wrote.")
    requests = list(_read(path))
    if not requests:
        raise ExportError(f"{path} has no request; write it again.")
    loaded = tf.saved_model.load(str(saved_model_dir))
    names = []
    for number, request in enumerate(requests, 1):
        name = request.model_spec.signature_name
        try:
            inputs = {
                key: tf.constant(tf.make_ndarray(value))
                for key, value in request.inputs.items()
            }
            loaded.signatures[name](**inputs)
        except (KeyError, TypeError, ValueError, tf.errors.OpError) as error:
            raise ExportError(
                f"{path}: request {number}, of signature {name!r}, fails: "
                f"{_first_line(error)}. TF Serving would not load the model."
            ) from error
        names.append(name)
    return names


def _read(path):
    """Yield the requests of a file."""
    (log_pb2,) = load_api("prediction_log_pb2")
    try:
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            log = log_pb2.PredictionLog.FromString(record)
            if log.WhichOneof("log_type") != "predict_log":
                raise DecodeError("a record is no predict_log")
            yield log.predict_log.request
    except (tf.errors.DataLossError, DecodeError) as error:
        raise ExportError(
            f"{path} is damaged: {_first_line(error)}. TF Serving would not load the "
            "model; write the file again, or delete it."
        ) from error


def _first_line(error):
    lines = (getattr(error, "message", None) or str(error)).splitlines()
    return next((line.strip().rstrip(".") for line in lines if line.strip()), "")
