"""The client when calls are wrong, and when servers are late, silent or odd."""

import concurrent.futures
import contextlib
import functools
import http.server
import json
import socket
import subprocess
import sys
import threading
import time

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from export.serving import api, client
from export.serving.client import ServingClient
from export.serving.transport import Unavailable
from export.signatures import Signature, Signatures, tensor
from keras_drnet.errors import InputError
from tests.support.paths import ROOT

FRAME = (2, 2, 1)
SIGNATURES = Signatures(
    name="odd",
    dataset="none",
    image_size=2,
    num_channels=1,
    color_order="gray",
    num_past=3,
    max_future=1000,
    frame_rate=8,
    resize="squash",
    content=(),
    state=(),
    functions={
        "serving_default": Signature(
            inputs={
                "past": tensor("past", (None, 3, *FRAME), "float32"),
                "num_future": tensor("num_future", (None,), "int32"),
            },
            outputs={"future": tensor("future", (None, None, *FRAME), "float32")},
        )
    },
)
PAST = np.full((1, 3, *FRAME), 0.5, np.float32)
FUTURE = np.linspace(0, 1, 20, dtype=np.float32).reshape(1, 5, *FRAME)
ANSWER = json.dumps({"outputs": FUTURE.tolist()}).encode()
NOT_READY = 503, b'{"error": "still loading"}'
BOTH = pytest.mark.parametrize("protocol", ["rest", "grpc"])
REST, GRPC = "rest", "grpc"


@pytest.fixture(autouse=True)
def _brief_delays(monkeypatch):
    monkeypatch.setattr(client, "FIRST_DELAY", 0.05)


class Scripted:
    """A server that answers calls, in turn, as its script says; the last for ever.

    A turn is an HTTP status and a body, which may be shorter than a number after it
    promises; or, of gRPC, a code and a response; or a number of seconds for which it
    keeps silent.
    """

    def __init__(self, script):
        self._script, self.num_calls = list(script), 0

    def turn(self):
        turn = self._script[min(self.num_calls, len(self._script) - 1)]
        self.num_calls += 1
        if isinstance(turn, float):
            time.sleep(turn)
            return self._script[-1]
        return turn

    @contextlib.contextmanager
    def rest(self, port=0):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self, scripted=self):
                self.rfile.read(int(self.headers["Content-Length"]))
                status, content, *promised = scripted.turn()
                with contextlib.suppress(BrokenPipeError):
                    self.send_response(status)
                    for length in promised:
                        self.send_header("Content-Length", str(length))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    @contextlib.contextmanager
    def grpc(self, port=0):
        class Servicer(prediction_service_pb2_grpc.PredictionServiceServicer):
            def Predict(self, request, context, scripted=self):
                status, _ = scripted.turn()
                if status != 200:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "still loading")
                answer = predict_pb2.PredictResponse()
                answer.outputs["future"].CopyFrom(tf.make_tensor_proto(FUTURE))
                return answer

        server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            Servicer(), server
        )
        port = server.add_insecure_port(f"127.0.0.1:{port}")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()


@contextlib.contextmanager
def calls_to(protocol, script, **kwargs):
    """Yields a function that predicts 5 frames, and the server that it asks."""
    scripted = Scripted(script)
    with getattr(scripted, protocol)() as address:
        asking = ServingClient(address, SIGNATURES, protocol=protocol, **kwargs)
        yield functools.partial(asking.predict, PAST, 5), scripted


@BOTH
def test_a_server_that_is_not_ready_is_asked_again(protocol):
    script = [NOT_READY, NOT_READY, (200, ANSWER)]
    with calls_to(protocol, script) as (predict, scripted):
        np.testing.assert_array_equal(predict(), FUTURE)
        assert scripted.num_calls == 3


def test_one_whose_answer_breaks_off_too():
    script = [(503, b'{"error": "lo', 99), (200, ANSWER[:9], 10**6), (200, ANSWER)]
    with calls_to(REST, script) as (predict, scripted):
        np.testing.assert_array_equal(predict(), FUTURE)
        assert scripted.num_calls == 3


@BOTH
def test_but_not_for_ever(protocol):
    with calls_to(protocol, [NOT_READY], retries=2) as (predict, scripted):
        with pytest.raises(Unavailable, match="is not available: still loading"):
            predict()
        assert scripted.num_calls == 3


def unused_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for unused in sockets:
            unused.bind(("127.0.0.1", 0))
        return [unused.getsockname()[1] for unused in sockets]


@BOTH
def test_a_server_that_comes_late_is_waited_for(protocol):
    port, other_port = unused_ports(2)
    address = f"http://127.0.0.1:{port}"
    late = ServingClient(address, SIGNATURES, protocol=protocol, retries=8)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(late.predict, PAST, 5)
        time.sleep(0.6)
        assert not future.done()
        with getattr(Scripted([(200, ANSWER)]), protocol)(port):
            np.testing.assert_array_equal(future.result(30), FUTURE)
    # Another port: gRPC shares a connection to one that was left, as it breaks.
    nobody = ServingClient(
        f"http://127.0.0.1:{other_port}", SIGNATURES, protocol=protocol, retries=0
    )
    with pytest.raises(Unavailable, match=r"not available: .*[Cc]onnection refused"):
        nobody.predict(PAST, 5)


@BOTH
def test_a_server_that_hangs_is_left(protocol):
    script = [1.0, (200, ANSWER)]
    with calls_to(protocol, script, timeout=0.3) as (predict, scripted):
        begin = time.monotonic()
        with pytest.raises(InputError, match="did not answer within 0.3 seconds"):
            predict()
        assert time.monotonic() - begin < 0.9 and scripted.num_calls == 1


@pytest.mark.parametrize(
    ("status", "content", "message"),
    [
        (400, b'{"error": "past is\\n too small"}', "refused .*: past is too small\\."),
        (400, b"<html>plain</html>", "refused the request: HTTP 400, '<html>plain"),
        (
            404,
            b'{"error": "not found"}',
            "not have model 'drnet': not found.*it serves",
        ),
        (500, b'{"error": "out of memory"}', r"failed \(HTTP 500\): out of memory"),
        (504, b"", "did not answer within 30 seconds"),
        (200, b"<html>welcome</html>", "not answer as TF Serving.*'<html>.* is 8501"),
        (200, b"[1, 2]", "did not answer as TF Serving does: no 'outputs' in"),
        (200, b'{"predictions": []}', "no 'outputs' in"),
        (200, b'{"outputs": {"frame": []}}', r"got \['frame'\]; expected \['future'\]"),
        (200, b'{"outputs": [[1], [2, 3]]}', "future is no array of float32"),
        (200, b'{"outputs": [[1, 2]]}', r"\[1, 2\]; expected \[any, any, 2, 2, 1\]"),
        (
            200,
            b'{"outputs": [[[[[1], [1]], [[1], [1]]]]]}',
            "sent 1 frames; expected 5",
        ),
    ],
)
def test_other_answers_end_in_a_sentence_at_once(status, content, message):
    with calls_to(REST, [(status, content)]) as (predict, scripted):
        with pytest.raises(InputError, match=message):
            predict()
        assert scripted.num_calls == 1


def test_frames_that_others_asked_for_are_cut_off():
    with Scripted([(200, ANSWER)]).rest() as address:
        future = ServingClient(address, SIGNATURES).predict(PAST, 2)
    np.testing.assert_array_equal(future, FUTURE[:, :2])


def test_the_two_ports_are_not_to_be_confused():
    with Scripted([(200, ANSWER)]).grpc() as address:
        asking = ServingClient(address, SIGNATURES, retries=0)
        with pytest.raises(InputError, match="8500 is for gRPC|hung up"):
            asking.predict(PAST, 5)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"past": PAST * np.nan}, "past has values that are not finite"),
        ({"past": PAST * 255}, "values from 127.5 to 127.5; expected 0 to 1"),
        ({"past": PAST[:, :2]}, r"\[1, 2, 2, 2, 1\]; expected \[any, 3, 2, 2, 1\]"),
        ({"past": PAST[0]}, r"past has shape \[3, 2, 2, 1\]"),
        ({"past": "text"}, "past is no array of float32"),
        ({"past": np.concatenate([PAST, PAST])}, "differ in batch size"),
        ({"frame": PAST}, r"got \['frame', 'num_future', 'past'\]; expected"),
    ],
)
def test_wrong_inputs_are_never_sent(inputs, message):
    scripted = Scripted([(200, ANSWER)])
    with scripted.rest() as address:
        asking = ServingClient(address, SIGNATURES)
        count = np.ones(1, np.int32)
        with pytest.raises(InputError, match=message):
            asking.call("serving_default", {"past": PAST, "num_future": count} | inputs)
    assert scripted.num_calls == 0


def test_nor_are_wrong_numbers_of_frames_and_unknown_functions():
    asking = ServingClient("http://127.0.0.1:1", SIGNATURES)
    for number in (0, -1, 1001):
        with pytest.raises(
            InputError, match=f"is {number}; expected 1 to 1000.*--step"
        ):
            asking.predict(PAST, number)
    with pytest.raises(InputError, match="Unknown signature 'serving'.*Did you mean"):
        asking.call("serving", {})


@pytest.mark.parametrize(
    ("server", "choice", "message"),
    [
        ("", {}, "Server ''; expected http://HOST:PORT"),
        ("ftp://host:21", {}, "expected http://HOST:PORT"),
        ("host:port", {}, "expected http://HOST:PORT"),
        ("host:8501", {"version": 1, "label": "stable"}, "name one of them"),
        ("host:8501", {"protocol": "soap"}, "Unknown protocol 'soap'"),
        ("https://host", {"protocol": GRPC}, "without TLS"),
    ],
)
def test_wrong_addresses_and_choices(server, choice, message):
    with pytest.raises(InputError, match=message):
        ServingClient(server, SIGNATURES, **choice)


@BOTH
def test_no_proxy_stands_before_this_machine(protocol, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "grpc_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
    with calls_to(protocol, [(200, ANSWER)], retries=0) as (predict, _):
        np.testing.assert_array_equal(predict(), FUTURE)


def test_grpc_names_the_package_that_it_needs(monkeypatch):
    def missing(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(api.importlib, "import_module", missing)
    with pytest.raises(
        InputError, match="pip install 'keras-drnet.serving.'.*use REST"
    ):
        ServingClient("host:8500", SIGNATURES, protocol=GRPC)


def test_rest_needs_no_tensorflow():
    code = "import export.serving.client, sys; sys.exit('tensorflow' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert result.returncode == 0
