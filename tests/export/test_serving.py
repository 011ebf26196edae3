"""The client against a stand-in for TF Serving, a real process."""

import concurrent.futures
import dataclasses
import itertools
import json
import pathlib
import subprocess
import sys
import urllib.request

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from export.serving.client import ServingClient
from keras_drnet.errors import InputError
from tests.support.serving_model import LABELS, TIMEOUT, make_past

pytestmark = pytest.mark.xdist_group("serving")
BOTH = pytest.mark.parametrize("protocol", ["rest", "grpc"])


@BOTH
def test_every_signature_gives_what_the_model_itself_gives(served, rng, protocol):
    client = served.client(protocol)
    past = make_past(rng, served.signatures, batch_size=2)
    frame = {"frame": past[:, -1]}
    content = served.direct("encode_content", frame)
    pose = served.direct("encode_pose", frame)
    primed = served.direct("prime", {"past": past})
    state = {key: primed[key] for key in served.signatures.state}
    inputs = {
        "encode_content": frame,
        "encode_pose": frame,
        "decode": content | pose,
        "predict_pose": {"content": content["content"]} | state,
        "prime": {"past": past},
        "step": primed,
        "serving_default": {"past": past, "num_future": np.int32([3, 5])},
    }
    assert inputs.keys() == served.signatures.functions.keys()
    for name, values in inputs.items():
        expected, found = served.direct(name, values), client.call(name, values)
        assert expected.keys() == found.keys()
        for key, value in expected.items():
            np.testing.assert_allclose(found[key], value, rtol=0, atol=1e-6)


def test_functions_have_the_names_of_the_format(served, rng):
    past = {"past": make_past(rng, served.signatures)}
    old = dataclasses.replace(served.signatures, prime_function="seed")
    with pytest.raises(InputError, match='"seed" not found'):
        ServingClient(served.addresses["rest"], old).call("prime", past)
    found = served.client("rest").call("seed", past)
    for key, value in served.direct("prime", past).items():
        np.testing.assert_allclose(found[key], value, rtol=0, atol=1e-6)


@BOTH
def test_a_stream_has_the_frames_of_a_single_call(served, rng, protocol):
    client = served.client(protocol)
    past = make_past(rng, served.signatures)
    future = client.predict(past, 4)
    np.testing.assert_allclose(future, served.future(past, 4), rtol=0, atol=1e-6)
    frames = list(itertools.islice(client.stream(past), 4))
    np.testing.assert_allclose(np.stack(frames, axis=1), future, rtol=0, atol=1e-5)


def test_answers_may_be_larger_than_the_default_limit_of_grpc(served, rng):
    past = make_past(rng, served.signatures)
    future = served.client("grpc").predict(past, 400)
    assert future.nbytes > 4 * 2**20
    np.testing.assert_allclose(future, served.future(past, 400), rtol=0, atol=1e-6)


@BOTH
def test_versions_and_labels_choose_the_networks(served, rng, protocol):
    past = make_past(rng, served.signatures)
    both = served.future(past, 2, 1), served.future(past, 2, 2)
    assert np.abs(both[0] - both[1]).max() > 1e-3
    choices = [({}, 2)] + [({"version": n}, n) for n in (1, 2)]
    choices += [({"label": label}, n) for label, n in LABELS.items()]
    for choice, version in choices:
        found = served.client(protocol, **choice).predict(past, 2)
        np.testing.assert_allclose(found, both[version - 1], rtol=0, atol=1e-6)
    assert served.client(protocol).status() == {1: "AVAILABLE", 2: "AVAILABLE"}
    assert served.client(protocol, label="stable").status() == {1: "AVAILABLE"}
    for wrong in ({"model": "other"}, {"version": 3}, {"label": "nightly"}):
        client = served.client(protocol, **wrong)
        for call in (client.status, lambda c=client: c.predict(past, 2)):
            with pytest.raises(InputError, match=r"does not have model .*Servable not"):
                call()


def test_eight_clients_at_once_get_their_own_answers(served, rng):
    def ask(number):
        client = served.client(["rest", "grpc"][number % 2])
        for i in range(20):
            past, expected = cases[number][i % len(cases[number])]
            found = client.predict(past, expected.shape[1])
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)

    cases = []
    for number in range(8):
        pasts = [make_past(rng, served.signatures) for _ in range(3)]
        cases.append([(past, served.future(past, 1 + number % 3)) for past in pasts])
    firsts = np.stack([expected[0, 0] for case in cases for _, expected in case])
    between = np.abs(firsts[:, None] - firsts).max(axis=(2, 3, 4))
    assert np.all((between > 1e-3) | np.eye(len(firsts), dtype=bool))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))


def test_malformed_calls_get_an_error_and_the_server_goes_on(served, rng):
    past = make_past(rng, served.signatures)
    values = {"past": past.tolist(), "num_future": [2]}
    for content in (
        b"",
        b"{no json",
        b"[]",
        b"{}",
        json.dumps({"inputs": values, "instances": []}).encode(),
        json.dumps({"inputs": {"past": values["past"]}}).encode(),
        json.dumps({"inputs": values | {"past": past[:, :2].tolist()}}).encode(),
        json.dumps({"inputs": values | {"past": [[0.5], [0.5, 0.5]]}}).encode(),
        json.dumps({"inputs": values | {"past": "text"}}).encode(),
        json.dumps({"inputs": values | {"num_future": [0]}}).encode(),
        json.dumps({"inputs": values | {"num_future": [100_000]}}).encode(),
        json.dumps({"inputs": values, "signature_name": "none"}).encode(),
    ):
        status, answer = served.post(content)
        assert status == 400 and answer["error"], content[:50]
    good = json.dumps({"inputs": values}).encode()
    assert served.post(good, "/v1/models/other:predict")[0] == 404
    assert served.post(good, "/elsewhere")[0] == 400
    assert served.post(good)[0] == 200
    # A client with the signatures.json of another model shows the server's message.
    with pytest.raises(InputError, match="refused the request: .*num_future must be 1"):
        count = np.zeros(1, np.int32)
        served.client("grpc").call("serving_default", dict(past=past, num_future=count))


def test_malformed_messages_do_not_stop_the_server_either(served, rng):
    past = make_past(rng, served.signatures)
    with grpc.insecure_channel(served.addresses["grpc"]) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        for name, inputs in (
            ("other", {"past": past, "num_future": np.int32([2])}),
            ("drnet", {}),
            ("drnet", {"past": past}),
            ("drnet", {"past": past.astype(float), "num_future": np.int32([2])}),
            ("drnet", {"past": past[:, :1], "num_future": np.int32([2])}),
        ):
            request = predict_pb2.PredictRequest()
            request.model_spec.name = name
            for key, value in inputs.items():
                request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
            with pytest.raises(grpc.RpcError) as caught:
                stub.Predict(request, timeout=TIMEOUT)
            assert caught.value.code().name in ("NOT_FOUND", "INVALID_ARGUMENT")
    assert served.client("grpc").predict(past, 2).shape[1] == 2


def test_a_batch_may_be_sent_as_rows(served, rng):
    past = make_past(rng, served.signatures, batch_size=2)
    rows = [{"past": clip.tolist(), "num_future": 2} for clip in past]
    status, answer = served.post(json.dumps({"instances": rows}).encode())
    assert status == 200
    found, expected = np.float32(answer["predictions"]), served.future(past, 2)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_metadata_list_the_signatures(served):
    request = get_model_metadata_pb2.GetModelMetadataRequest()
    request.model_spec.name = "drnet"
    request.metadata_field.append("signature_def")
    with grpc.insecure_channel(served.addresses["grpc"]) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        answer = stub.GetModelMetadata(request, timeout=TIMEOUT)
    definitions = get_model_metadata_pb2.SignatureDefMap()
    answer.metadata["signature_def"].Unpack(definitions)
    functions = served.signatures.functions.keys()
    assert definitions.signature_def.keys() - {"__saved_model_init_op"} == functions
    url = f"{served.addresses['rest']}/v1/models/drnet/metadata"
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
        (found,) = json.load(response)["metadata"]["signature_def"].values()
    assert found.keys() - {"__saved_model_init_op"} == functions


def test_tensorflows_own_tool_finds_the_same_signatures(served):
    tool = pathlib.Path(sys.executable).with_name("saved_model_cli")
    shown = subprocess.run(
        [tool, "show", "--dir", served.base_path / "1", "--tag_set", "serve"],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    found = {line.split('"')[1] for line in shown.stdout.splitlines() if '"' in line}
    assert found - {"__saved_model_init_op"} == served.signatures.functions.keys()


def test_a_tensor_of_the_wrong_rank_does_not_end_the_server(served):
    """TF Serving checks no shapes, and a convolution aborts on a wrong rank."""
    inputs = {"frame": np.zeros((32, 32, 3)).tolist()}
    request = {"signature_name": "encode_pose", "inputs": inputs}
    status, answer = served.post(json.dumps(request).encode())
    assert status == 400 and answer["error"]
    assert served.client("rest").status() == {1: "AVAILABLE", 2: "AVAILABLE"}
