"""Requests that the server runs as it loads a model."""

import re
import shutil

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from export.serving import api
from export.serving.warm_up import MAX_RECORDS, replay_warm_up, write_warm_up
from keras_drnet.errors import ExportError, InputError
from tests.support.serving_model import make_past

pytestmark = pytest.mark.xdist_group("serving")


@pytest.fixture
def version(served, tmp_path):
    """A copy of a SavedModel that a test may damage, and its signatures."""
    path = shutil.copytree(served.base_path / "1", tmp_path / "1")
    return path, served.signatures


@pytest.fixture
def _loaded(served, monkeypatch):
    """Loads the model only once, as that takes seconds."""
    loaded = tf.saved_model.load(str(served.base_path / "1"))
    monkeypatch.setattr(tf.saved_model, "load", lambda path: loaded)


def requests(rng, signatures):
    """Yields a request of each signature."""
    for name, function in signatures.functions.items():
        inputs = {}
        for key, tensor in function.inputs.items():
            shape = [1 if size is None else size for size in tensor.shape]
            inputs[key] = rng.random(shape).astype(tensor.dtype)
            if key == "num_future":
                inputs[key] = np.full(shape, 2, np.int32)
        yield name, inputs


def test_every_signature_is_written_and_run(version, rng):
    path, signatures = version
    written = write_warm_up(path, requests(rng, signatures))
    assert written == path / "assets.extra" / "tf_serving_warmup_requests"
    assert replay_warm_up(path) == list(signatures.functions)


def test_a_request_is_written_as_a_prediction_log(version, rng):
    path, signatures = version
    past = make_past(rng, signatures)
    written = write_warm_up(path, [("prime", {"past": past})], model="mine")
    (record,) = tf.data.TFRecordDataset(str(written)).as_numpy_iterator()
    request = prediction_log_pb2.PredictionLog.FromString(record).predict_log.request
    assert request.model_spec.name == "mine"
    assert request.model_spec.signature_name == "prime"
    np.testing.assert_array_equal(tf.make_ndarray(request.inputs["past"]), past)


@pytest.mark.parametrize("position", [0, 30, -1])
def test_a_damaged_file_is_refused(version, rng, position):
    path, signatures = version
    written = write_warm_up(path, requests(rng, signatures))
    content = bytearray(written.read_bytes())
    content[position] ^= 0xFF
    written.write_bytes(content)
    with pytest.raises(ExportError, match="is damaged.*would not load"):
        replay_warm_up(path)


def test_truncated_files_and_other_records_are_refused(version, rng):
    path, signatures = version
    written = write_warm_up(path, requests(rng, signatures))
    written.write_bytes(written.read_bytes()[:-10])
    with pytest.raises(ExportError, match="is damaged"):
        replay_warm_up(path)
    for record in (b"", b"\xff no message"):
        with tf.io.TFRecordWriter(str(written)) as writer:
            writer.write(record)
        with pytest.raises(ExportError, match="is damaged"):
            replay_warm_up(path)
    written.write_bytes(b"")
    with pytest.raises(ExportError, match="has no request"):
        replay_warm_up(path)
    written.unlink()
    with pytest.raises(InputError, match="is not there"):
        replay_warm_up(path)


@pytest.mark.usefixtures("_loaded")
def test_requests_that_fail_are_named(version, rng):
    path, signatures = version
    past = make_past(rng, signatures)
    good = ("prime", {"past": past})
    for bad in (
        ("no_such_signature", {"past": past}),
        ("prime", {}),
        ("prime", {"past": past.astype(int)}),
        ("prime", {"past": past[:, :1]}),
        ("serving_default", {"past": past, "num_future": np.zeros(1, np.int32)}),
    ):
        write_warm_up(path, [good, bad])
        with pytest.raises(ExportError, match=f"request 2, of signature '{bad[0]}'"):
            replay_warm_up(path)


@pytest.mark.parametrize("count", [0, MAX_RECORDS + 1])
def test_the_number_of_requests_is_limited(tmp_path, count):
    with pytest.raises(InputError, match=f"{count} warm-up requests; expected 1 to"):
        write_warm_up(tmp_path, [("prime", {})] * count)


def test_the_missing_package_is_named(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(api.importlib, "import_module", missing)
    sentence = re.escape("pip install 'keras-drnet[serving]'")
    with pytest.raises(InputError, match=sentence):
        write_warm_up(tmp_path, [("prime", {})])
