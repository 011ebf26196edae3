"""Artifacts of release 0.1.0, made before modules moved, give the same numbers.

`support/data` has a run folder of four stages, a `.keras` file, a folder of shards and
a bundle, all of the preset `tiny`; `expected.npz` is what that release made of them.
"""

import dataclasses
import shutil

import keras
import numpy as np
import pytest

import keras_drnet
from export.on_device import VideoPredictor
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.schema import Config, DataConfig
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.inference.load import load_predictor
from tests.support.paths import ROOT
from tests.support.processes import train

DATA = ROOT / "tests" / "support" / "data"
# What two processors may differ by.
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def expected():
    with np.load(DATA / "expected.npz") as arrays:
        return dict(arrays)


def test_a_run_folder_predicts_the_same(expected):
    predictor = load_predictor(RunFolder(DATA / "run"))
    future = predictor.predict(expected["past"], expected["future"].shape[1])
    np.testing.assert_allclose(future, expected["future"], atol=TOLERANCE)


def test_a_saved_model_decodes_the_same_and_goes_on_training(expected):
    assert keras_drnet.DrNet  # Registers the class, as any program that uses it does.
    drnet = keras.saving.load_model(DATA / "drnet.keras")
    batch = {name: expected[name] for name in ("content_1", "pose_1")}
    np.testing.assert_allclose(drnet(batch), expected["drnet_frames"], atol=TOLERANCE)
    assert int(drnet.optimizer.iterations) == expected["drnet_iterations"]
    assert float(drnet.adversarial.weight(5)) == pytest.approx(0.005)


def test_shards_hold_the_same_clips(expected):
    data = DataConfig(
        dataset="rotating_objects",
        data_dir=str(DATA / "shards"),
        image_size=32,
        num_objects=3,
        clip_length=8,
        max_step=5,
        num_past=3,
    )
    source = load_source(dataclasses.replace(Config(), data=data), "train")
    clips = clip_frames(source, 0, len(expected["shard_clips"]))
    np.testing.assert_array_equal(np.round(clips * 255), expected["shard_clips"])


def test_a_bundle_runs_on_a_device(expected):
    predictor = VideoPredictor(DATA / "bundle" / "drnet.tflite")
    predictor.seed(expected["past"][0])
    for frame in expected["future"][0]:
        np.testing.assert_allclose(predictor.step(), frame, atol=1e-4)


def test_training_goes_on_from_a_run_folder_of_then(tmp_path):
    run = shutil.copytree(DATA / "run", tmp_path / "run")
    done = train(run)
    assert done.returncode == 0, done.stderr
