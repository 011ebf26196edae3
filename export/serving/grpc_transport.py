"""Calls over TF Serving's gRPC interface: 4 bytes a number, in place of REST's 10."""

import math

import tensorflow as tf

from keras_drnet.errors import InputError

from .api import load_api
from .transport import one_line

OPTIONS = [
    # No limit but the protocol's own of 2 GB: the default of 4 MB is 85 frames of 64x64
    # pixels in color.
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # Reconnect to a restarted server within a second, not within two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
]


class GrpcTransport:
    """Sends single requests; any number of threads may share it.

    Methods and errors are those of `RestTransport`.
    """

    def __init__(self, target, timeout):
        """Open no connection yet.

        Args:
            target: a `Target`.
            timeout: seconds after which a call fails.

        Raises:
            InputError: the address is https, or tensorflow-serving-api is not
                installed.
        """
        if target.is_secure:
            raise InputError(
                f"{target.server} is https, but this client uses gRPC without TLS; "
                "expected HOST:PORT of a server nearby, or of the end of a tunnel."
            )
        # The package depends on grpcio: if it loads, `import grpc` does too.
        prediction, model = load_api(
            "prediction_service_pb2_grpc", "model_service_pb2_grpc"
        )
        self._predict_pb2, self._status_pb2 = load_api(
            "predict_pb2", "get_model_status_pb2"
        )
        import grpc

        self._target, self._timeout = target, timeout
        options = [*OPTIONS, ("grpc.enable_http_proxy", int(not target.is_loopback))]
        channel = grpc.insecure_channel(target.host_and_port, options)
        self._predictions = prediction.PredictionServiceStub(channel)
        self._models = model.ModelServiceStub(channel)
        self._grpc = grpc

    def predict(self, signature, inputs, most_values):
        """Call a signature; return its outputs as a dict of arrays."""
        request = self._request(self._predict_pb2.PredictRequest)
        request.model_spec.signature_name = signature
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        outputs = self._send(self._predictions.Predict, request).outputs
        # What a message says of its shape takes no room yet.
        count = sum(_num_values(tensor) for tensor in outputs.values())
        if count > most_values:
            raise self._no_answer(f"{count} values in place of {most_values} at most")
        try:
            return {name: tf.make_ndarray(v) for name, v in outputs.items()}
        except (KeyError, TypeError, ValueError) as error:
            raise self._no_answer(repr(error)) from error

    def status(self):
        """Return the state of each version, as `{1: "AVAILABLE"}`."""
        request = self._request(self._status_pb2.GetModelStatusRequest)
        answer = self._send(self._models.GetModelStatus, request)
        states = self._status_pb2.ModelVersionStatus.State
        return {
            entry.version: states.Name(entry.state)
            for entry in answer.model_version_status
        }

    def _request(self, kind):
        request = kind()
        spec, target = request.model_spec, self._target
        spec.name = target.model
        if target.version is not None:
            spec.version.value = target.version
        if target.label is not None:
            spec.version_label = target.label
        return request

    def _send(self, method, request):
        try:
            return method(request, timeout=self._timeout)
        except self._grpc.RpcError as error:
            raise self._failure(error.code(), error.details()) from error

    def _no_answer(self, reason):
        return InputError(
            f"{self._target.server} did not answer as TF Serving does: "
            f"{one_line(reason)}"
        )

    def _failure(self, code, message):
        codes, target = self._grpc.StatusCode, self._target
        if code == codes.UNAVAILABLE:
            return target.unavailable(message)
        if code == codes.DEADLINE_EXCEEDED:
            return target.timed_out(self._timeout)
        if code == codes.NOT_FOUND:
            return target.missing(message)
        if code in (codes.INVALID_ARGUMENT, codes.FAILED_PRECONDITION):
            return target.refused(message)
        return InputError(f"{target.server} failed ({code.name}): {one_line(message)}")


def _num_values(tensor):
    return math.prod(dimension.size for dimension in tensor.tensor_shape.dim)
