"""Training on Keras' JAX backend is training on TensorFlow."""

import json
import os

import numpy as np
import pytest

import keras_drnet
from tests.docs.pages import python_blocks
from tests.support.paths import ROOT
from tests.support.processes import run_command, run_module, train

PROGRAM = "tests.support.train_backend"
JAX_PYTHON = os.environ.get("JAX_PYTHON")
pytestmark = pytest.mark.skipif(
    not JAX_PYTHON,
    reason="needs a Python that has JAX and no TensorFlow: make test-jax",
)


def on_jax(*words, **kwargs):
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(ROOT)}
    completed = run_command(JAX_PYTHON, *words, env=environment, **kwargs)
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


def read(folder, stage, backend):
    with np.load(folder / f"{stage}_{backend}.npz") as weights:
        history = json.loads((folder / f"{stage}_{backend}.json").read_text())
        return {n: np.array(v) for n, v in history.items()}, dict(weights)


def test_there_is_no_tensorflow_to_fall_back_on():
    code = "import importlib.util as u; print(u.find_spec('tensorflow'))"
    assert on_jax("-c", code) == "None\n"


@pytest.mark.parametrize("stage", ["drnet", "pose"])
def test_two_hundred_steps_of_sgd_are_those_of_tensorflow(stage, tmp_path):
    flags = (tmp_path, f"--stage={stage}", "--steps=200")
    completed = run_module(PROGRAM, *flags)
    assert completed.returncode == 0, completed.stderr
    on_jax("-m", PROGRAM, *flags)
    losses, weights = read(tmp_path, stage, "tensorflow")
    jax_losses, jax_weights = read(tmp_path, stage, "jax")
    assert jax_losses.keys() == losses.keys()
    for name, values in losses.items():
        assert np.ptp(values) > 0, name
        np.testing.assert_allclose(jax_losses[name][:3], values[:3], atol=1e-5)
        np.testing.assert_allclose(jax_losses[name], values, atol=1e-3)
    for name, weight in weights.items():
        np.testing.assert_allclose(jax_weights[name], weight, atol=1e-3, err_msg=name)


def test_weights_trained_on_jax_go_on_with_tensorflow(tmp_path):
    (block,) = python_blocks(ROOT / "docs/guides/jax.md")
    on_jax("-c", block, cwd=tmp_path)
    folder = tmp_path / "runs/on_jax"
    completed = train(folder, "--stage=pose")
    assert completed.returncode == 0, completed.stderr
    video = keras_drnet.load(folder).predict(np.zeros((1, 3, 32, 32, 3), "float32"), 2)
    assert np.isfinite(video).all()


def test_the_benchmark_times_steps_on_jax():
    flags = ("--backend=jax", "--num_filters=4", "--batch_size=2", "--image_size=32")
    table = on_jax("-m", "keras_drnet.benchmark", *flags, "--steps=1", "--rounds=1")
    assert "DrNet, float32" in table
    assert "jax" in table
