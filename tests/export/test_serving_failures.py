"""The client with wrong calls, and with servers that are late, silent or wrong."""

import concurrent.futures
import contextlib
import functools
import json
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from export.serving import api, client
from export.serving.client import ServingClient
from export.serving.transport import Unavailable
from export.signatures import Signature, Signatures, tensor
from keras_drnet.errors import InputError
from tests.support.paths import ROOT
from tests.support.scripted_server import ScriptedServer

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
    positions=None,
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


@contextlib.contextmanager
def calls_to(protocol, script, **kwargs):
    """Yield a function that predicts 5 frames, and the server that it calls."""
    scripted = ScriptedServer(script, FUTURE)
    with getattr(scripted, protocol)() as address:
        asking = ServingClient(address, SIGNATURES, protocol=protocol, **kwargs)
        yield functools.partial(asking.predict, PAST, 5), scripted


@BOTH
def test_a_server_that_is_not_ready_is_called_again(protocol):
    script = [NOT_READY, NOT_READY, (200, ANSWER)]
    with calls_to(protocol, script) as (predict, scripted):
        np.testing.assert_array_equal(predict(), FUTURE)
        assert scripted.num_calls == 3


def test_a_server_whose_answer_breaks_off_is_called_again():
    script = [(503, b'{"error": "lo', 99), (200, ANSWER[:9], 10**6), (200, ANSWER)]
    with calls_to(REST, script) as (predict, scripted):
        np.testing.assert_array_equal(predict(), FUTURE)
        assert scripted.num_calls == 3


@BOTH
def test_the_number_of_retries_is_limited(protocol):
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
def test_the_client_waits_for_a_server_that_starts_late(protocol):
    port, other_port = unused_ports(2)
    address = f"http://127.0.0.1:{port}"
    late = ServingClient(address, SIGNATURES, protocol=protocol, retries=8)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(late.predict, PAST, 5)
        time.sleep(0.6)
        assert not future.done()
        with getattr(ScriptedServer([(200, ANSWER)], FUTURE), protocol)(port):
            np.testing.assert_array_equal(future.result(30), FUTURE)
    # Another port: gRPC would share the connection to the stopped server.
    nobody = ServingClient(
        f"http://127.0.0.1:{other_port}", SIGNATURES, protocol=protocol, retries=0
    )
    with pytest.raises(Unavailable, match=r"not available: .*[Cc]onnection refused"):
        nobody.predict(PAST, 5)


@BOTH
def test_a_server_that_hangs_is_not_called_again(protocol):
    released = threading.Event()
    script = [released, (200, ANSWER)]
    with calls_to(protocol, script, timeout=0.3) as (predict, scripted):
        try:
            with pytest.raises(InputError, match="did not answer within 0.3 seconds"):
                predict()
        finally:
            released.set()
        assert scripted.num_calls == 1


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
        (200, ANSWER.replace(b"0.0", b"null", 1), "future has values that are not fin"),
        (200, ANSWER.replace(b"0.0", b"NaN", 1), "no 'outputs' in .*NaN is not a fini"),
        (200, ANSWER.replace(b"0.0", b"1e30", 1), "from .* to 1e.30; expected 0 to 1"),
        (200, ANSWER.replace(b"0.0", b"9" * 99, 1), "a number has 99 digits"),
        (200, b"[" * 10**5, "it is nested too deeply"),
        (200, json.dumps({"outputs": [FUTURE[0].tolist()] * 2}).encode(), "size 2; ex"),
        (200, b" " * 2**21, "did not answer as TF Serving does: more than .* bytes"),
    ],
)
def test_wrong_answers_are_explained_without_a_retry(status, content, message):
    with calls_to(REST, [(status, content)]) as (predict, scripted):
        with pytest.raises(InputError, match=message):
            predict()
        assert scripted.num_calls == 1


def test_an_answer_of_a_greater_size_is_not_read():
    with (
        calls_to(REST, [(200, b"", 10**18)], timeout=600) as (predict, _),
        pytest.raises(InputError, match="more than .* bytes"),
    ):
        predict()


@pytest.mark.parametrize(
    ("sizes", "dtype", "message"),
    [
        ([10**6, 10**6], tf.float32, "1000000000000 values in place of 4000 at most"),
        ([1, 5, *FRAME], tf.resource, "did not answer as TF Serving does"),
        ([1, 5, *FRAME], tf.string, "future is no array of float32"),
        ([2, 5, *FRAME], tf.float32, "batch size 2; expected 1"),
    ],
)
def test_wrong_answers_over_grpc_are_explained(sizes, dtype, message):
    """A single value stands for a tensor of any size."""
    answer = tf.make_tensor_proto(0.5 if dtype == tf.float32 else "text")
    answer.tensor_shape.CopyFrom(tf.TensorShape(sizes).as_proto())
    answer.dtype = dtype.as_datatype_enum
    with ScriptedServer([(200, b"")], answer).grpc() as address:
        asking = ServingClient(address, SIGNATURES, protocol=GRPC)
        with pytest.raises(InputError, match=message):
            asking.predict(PAST, 5)


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_in_time(begin):
    """Each read ends soon; together they would never end."""
    done = threading.Event()

    def drip():
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(begin)
            while not done.wait(0.05):
                connection.sendall(b" ")

    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        concurrent.futures.ThreadPoolExecutor(1) as pool,
    ):
        pool.submit(drip)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with pytest.raises(InputError, match="did not answer within 0.5 seconds"):
                ServingClient(address, SIGNATURES, timeout=0.5).predict(PAST, 5)
        finally:
            done.set()


def test_frames_beyond_the_requested_number_are_cut_off():
    with ScriptedServer([(200, ANSWER)], FUTURE).rest() as address:
        future = ServingClient(address, SIGNATURES).predict(PAST, 2)
    np.testing.assert_array_equal(future, FUTURE[:, :2])


def test_rest_on_the_port_of_grpc_is_explained():
    with ScriptedServer([(200, ANSWER)], FUTURE).grpc() as address:
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
        ({"past": PAST[:0], "num_future": np.ones(0)}, "are an empty batch"),
        ({"frame": PAST}, r"got \['frame', 'num_future', 'past'\]; expected"),
    ],
)
def test_wrong_inputs_are_never_sent(inputs, message):
    scripted = ScriptedServer([(200, ANSWER)], FUTURE)
    with scripted.rest() as address:
        asking = ServingClient(address, SIGNATURES)
        count = np.ones(1, np.int32)
        with pytest.raises(InputError, match=message):
            asking.call("serving_default", {"past": PAST, "num_future": count} | inputs)
    assert scripted.num_calls == 0


def test_wrong_numbers_of_frames_and_unknown_functions_are_never_sent():
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
def test_wrong_addresses_and_choices_are_refused(server, choice, message):
    with pytest.raises(InputError, match=message):
        ServingClient(server, SIGNATURES, **choice)


@BOTH
def test_no_proxy_is_used_for_this_machine(protocol, monkeypatch):
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
