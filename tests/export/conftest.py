"""Costly fixtures of these tests, made once in a session.

Tests that use them belong to the group "bundle" or "serving": with several workers,
each group runs in one.
"""

import zipfile

import numpy as np
import pytest

from export import metadata
from export.formats.schemes import SCHEMES
from export.layout import GOLDEN_FILE
from export.prepare import prepare
from export.signatures import Signatures
from keras_drnet.config.presets import PRESETS
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from tests.support.networks import lively_networks, save_run
from tests.support.processes import run_module
from tests.support.serving_model import serve


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A run of the preset `tiny` whose layers compute in bfloat16."""
    config = PRESETS["tiny"]().with_overrides(
        [
            "model.content_encoder=dcgan_unet",
            "model.pose_encoder=dcgan_keypoints",
            "model.decoder=dcgan_unet",
            "precision=mixed_bfloat16",
        ]
    )
    # With this seed predicted frames change by some 0.03 from one to the next.
    networks = lively_networks(config, seed=19, dtype="mixed_bfloat16")
    return save_run(tmp_path_factory.mktemp("runs") / "unet", config, networks)


@pytest.fixture(scope="session")
def networks(run):
    return run.load_networks()


@pytest.fixture(scope="session")
def prepared(run):
    return prepare(run)


@pytest.fixture(scope="session")
def clip(run):
    """Frames `[8, 32, 32, 3]`, of which a model observes 3."""
    return clip_frames(load_source(run.config(), "test"), 0, 1)[0]


@pytest.fixture(scope="session")
def bundle(run, tmp_path_factory):
    """The bundle of the run, with every scheme of quantization."""
    output = tmp_path_factory.mktemp("bundles") / "bundle"
    done = run_module(
        "export.main",
        f"--run_dir={run.path}",
        f"--output_dir={output}",
        f"--quantize={','.join(SCHEMES)}",
        "--force",
    )
    assert done.returncode == 0, done.stderr
    assert "drnet_int8.tflite" in done.stdout
    return output


@pytest.fixture(scope="session")
def golden(bundle):
    with np.load(bundle / GOLDEN_FILE) as arrays:
        return dict(arrays)


@pytest.fixture(scope="session")
def signatures(bundle):
    return Signatures.from_json((bundle / "signatures.json").read_text())


@pytest.fixture(scope="session")
def tflite(bundle):
    return bundle / "drnet.tflite"


@pytest.fixture(scope="session")
def model(tflite):
    """The bytes of a TFLite model without its signatures, and its signatures."""
    with zipfile.ZipFile(tflite) as archive:
        size = archive.getinfo(metadata.DIGEST_FILE).header_offset
    return tflite.read_bytes()[:size], metadata.read(tflite)


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """A stand-in for TF Serving, and the models that it serves."""
    with serve(tmp_path_factory.mktemp("served")) as served:
        yield served
