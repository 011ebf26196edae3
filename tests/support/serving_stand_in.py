"""A stand-in for TF Serving: its two interfaces over TensorFlow in Python.

It is not the real server: it does not batch, and does not load versions that are added
later. Addresses, messages, JSON and error codes are those of TF Serving's documentation
and protocol buffers.

    python tests/support/serving_stand_in.py BASE_PATH [LABEL=VERSION ...]

serves the versions in BASE_PATH as model "drnet", on ports of 127.0.0.1. It prints the
ports as a line of JSON once it is ready.
"""

import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import sys
import threading

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

NAME = "drnet"
AVAILABLE = get_model_status_pb2.ModelVersionStatus.State.AVAILABLE
PATH = re.compile(
    r"/v1/models/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?(/metadata|:predict)?"
)
HTTP_CODES = {"INVALID_ARGUMENT": 400, "NOT_FOUND": 404}


class Refused(Exception):
    """A call that is answered with an error: a name of `HTTP_CODES` and a message."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


class Models:
    """The versions of the model."""

    def __init__(self, base_path, labels):
        paths = {int(path.name): path for path in base_path.iterdir()}
        self._labels = labels
        self._loaded = {n: tf.saved_model.load(str(path)) for n, path in paths.items()}
        self._definitions = {
            number: saved_model_pb2.SavedModel.FromString(
                (path / "saved_model.pb").read_bytes()
            )
            .meta_graphs[0]
            .signature_def
            for number, path in paths.items()
        }

    def find(self, name, version=None, label=None):
        if label is not None:
            version = self._labels.get(label, -1)
        elif version is None:
            version = max(self._loaded)
        if name != NAME or version not in self._loaded:
            raise Refused("NOT_FOUND", f"Servable not found for request: {name}")
        return version

    def numbers(self, version=None):
        return sorted(self._loaded) if version is None else [version]

    def definitions(self, version):
        return self._definitions[version]

    def signature(self, version, name):
        signatures = self._loaded[version].signatures
        if name not in signatures:
            message = f'Serving signature name: "{name}" not found in signature def'
            raise Refused("INVALID_ARGUMENT", message)
        return signatures[name]

    def predict(self, version, name, inputs):
        function = self.signature(version, name)
        specs = function.structured_input_signature[1]
        if inputs.keys() != specs.keys():
            message = f"Sent inputs: {sorted(inputs)}. Required: {sorted(specs)}."
            raise Refused("INVALID_ARGUMENT", message)
        try:
            tensors = {key: tf.constant(value) for key, value in inputs.items()}
            return {key: v.numpy() for key, v in function(**tensors).items()}
        except (TypeError, ValueError, tf.errors.InvalidArgumentError) as error:
            raise Refused("INVALID_ARGUMENT", str(error)) from error


class Rest(http.server.BaseHTTPRequestHandler):
    """Answers the URLs of PATH."""

    protocol_version = "HTTP/1.1"
    models = None

    def do_GET(self):
        self._answer(lambda match: self._status_or_metadata(match))

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(lambda match: self._predict(match, content))

    def log_message(self, *_):
        pass

    def _answer(self, make):
        match = PATH.fullmatch(self.path)
        try:
            if not match:
                message = f"Malformed request: {self.command} {self.path}"
                raise Refused("INVALID_ARGUMENT", message)
            code, answer = 200, make(match)
        except Refused as refused:
            code, answer = HTTP_CODES[refused.code], {"error": refused.message}
        content = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _find(self, match, verb):
        name, version, label, found_verb = match.groups()
        if found_verb != verb:
            message = f"Malformed request: {self.command} {self.path}"
            raise Refused("INVALID_ARGUMENT", message)
        return self.models.find(name, None if version is None else int(version), label)

    def _status_or_metadata(self, match):
        if match[4]:
            version = self._find(match, "/metadata")
            definitions = self.models.definitions(version)
            return {
                "model_spec": {"name": NAME, "version": str(version)},
                "metadata": {"signature_def": {"signature_def": to_json(definitions)}},
            }
        version = self._find(match, None)
        numbers = self.models.numbers(version if match[2] or match[3] else None)
        status = {"error_code": "OK", "error_message": ""}
        return {
            "model_version_status": [
                {"version": str(n), "state": "AVAILABLE", "status": status}
                for n in numbers
            ]
        }

    def _predict(self, match, content):
        version = self._find(match, ":predict")
        try:
            request = json.loads(content)
            name = request.get("signature_name", "serving_default")
        except (ValueError, AttributeError) as error:
            raise Refused("INVALID_ARGUMENT", f"JSON Parse error: {error}") from error
        specs = self.models.signature(version, name).structured_input_signature[1]
        if ("inputs" in request) == ("instances" in request):
            raise Refused("INVALID_ARGUMENT", "Missing 'inputs' or 'instances' key")
        rows = request.get("instances")
        try:
            values = request["inputs"] if rows is None else columns(rows, specs)
            if not isinstance(values, dict):
                (only,) = specs
                values = {only: values}
            inputs = {
                key: np.array(value, specs[key].dtype.as_numpy_dtype)
                for key, value in values.items()
            }
        except (KeyError, TypeError, ValueError) as error:
            message = f"Failed to process inputs: {error!r}"
            raise Refused("INVALID_ARGUMENT", message) from error
        outputs = self.models.predict(version, name, inputs)
        lists = {key: value.tolist() for key, value in outputs.items()}
        if rows is None:
            (first, *others) = lists.values()
            return {"outputs": lists if others else first}
        if len(lists) == 1:
            return {"predictions": next(iter(lists.values()))}
        return {
            "predictions": [
                dict(zip(lists, row, strict=True))
                for row in zip(*lists.values(), strict=True)
            ]
        }


def columns(rows, specs):
    if all(isinstance(row, dict) for row in rows):
        return {key: [row[key] for row in rows] for key in specs}
    return rows


def to_json(definitions):
    return {k: json_format.MessageToDict(v) for k, v in definitions.items()}


class Predictions(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Answers Predict and GetModelMetadata."""

    def __init__(self, models):
        self._models = models

    def Predict(self, request, context):
        spec = request.model_spec
        name = spec.signature_name or "serving_default"
        try:
            version = find(self._models, spec)
            inputs = {k: tf.make_ndarray(v) for k, v in request.inputs.items()}
            outputs = self._models.predict(version, name, inputs)
        except Refused as refused:
            abort(context, refused)
        answer = predict_pb2.PredictResponse()
        answer.model_spec.CopyFrom(spec)
        answer.model_spec.version.value = version
        for key, value in outputs.items():
            answer.outputs[key].CopyFrom(tf.make_tensor_proto(value))
        return answer

    def GetModelMetadata(self, request, context):
        try:
            version = find(self._models, request.model_spec)
        except Refused as refused:
            abort(context, refused)
        definitions = get_model_metadata_pb2.SignatureDefMap()
        for key, value in self._models.definitions(version).items():
            definitions.signature_def[key].CopyFrom(value)
        answer = get_model_metadata_pb2.GetModelMetadataResponse()
        answer.model_spec.CopyFrom(request.model_spec)
        answer.metadata["signature_def"].Pack(definitions)
        return answer


class Statuses(model_service_pb2_grpc.ModelServiceServicer):
    """Answers GetModelStatus."""

    def __init__(self, models):
        self._models = models

    def GetModelStatus(self, request, context):
        try:
            version = find(self._models, request.model_spec)
        except Refused as refused:
            abort(context, refused)
        chosen = request.model_spec.WhichOneof("version_choice")
        answer = get_model_status_pb2.GetModelStatusResponse()
        for number in self._models.numbers(version if chosen else None):
            answer.model_version_status.add(version=number, state=AVAILABLE)
        return answer


def find(models, spec):
    choice = spec.WhichOneof("version_choice")
    version = spec.version.value if choice == "version" else None
    label = spec.version_label if choice == "version_label" else None
    return models.find(spec.name, version, label)


def abort(context, refused):
    context.abort(grpc.StatusCode[refused.code], refused.message)


def main(base_path, *labels):
    pairs = (label.split("=") for label in labels)
    models = Models(pathlib.Path(base_path), {name: int(n) for name, n in pairs})
    unlimited = [("grpc.max_receive_message_length", -1)]
    grpc_server = grpc.server(
        concurrent.futures.ThreadPoolExecutor(8), options=unlimited
    )
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        Predictions(models), grpc_server
    )
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(
        Statuses(models), grpc_server
    )
    grpc_port = grpc_server.add_insecure_port("127.0.0.1:0")
    grpc_server.start()
    Rest.models = models
    rest_server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rest)
    thread = threading.Thread(target=rest_server.serve_forever)
    thread.start()
    print(json.dumps({"rest": rest_server.server_port, "grpc": grpc_port}), flush=True)
    thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
