"""Training by several replicas is training by one."""

import json

import numpy as np
import pytest

from tests.support.processes import run_module
from tests.support.workers import start_workers, wait_for_workers

STAGES = ("drnet", "pose", "joint", "rollout", "mcnet")
PROGRAM = "tests.support.train_replicas"
pytestmark = pytest.mark.xdist_group("replicas")


def read(folder, stage):
    with np.load(folder / f"{stage}.npz") as weights:
        return dict(weights), json.loads((folder / f"{stage}.json").read_text())


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    completed = run_module(PROGRAM, folder, "--stages", *STAGES)
    assert completed.returncode == 0, completed.stderr
    return folder


@pytest.fixture(scope="module", params=["mirrored", "multi_worker"])
def shared(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    flags = ["--stages", *STAGES, f"--strategy={request.param}"]
    if request.param == "mirrored":
        completed = run_module(PROGRAM, folder, *flags, "--devices=2")
        assert completed.returncode == 0, completed.stderr
    else:
        workers = start_workers("-m", PROGRAM, folder, *flags)
        for status, errors in wait_for_workers(workers):
            assert status == 0, errors
    return folder


@pytest.mark.parametrize("stage", STAGES)
def test_replicas_take_the_steps_of_one_device(alone, shared, stage):
    weights, means = read(alone, stage)
    own_weights, own_means = read(shared, stage)
    assert own_weights.keys() == weights.keys()
    for name, weight in weights.items():
        np.testing.assert_allclose(own_weights[name], weight, atol=1e-6, err_msg=name)
    assert own_means == pytest.approx(means, rel=1e-5, abs=1e-6)


def test_keras_still_needs_what_is_worked_around():
    workers = start_workers("-m", "tests.support.keras_faults")
    for status, errors in wait_for_workers(workers):
        assert status == 0, errors
        found = json.loads(errors.splitlines()[-1])
        assert "_maybe_symbolic_build" in found["Plain"]  # keras#20329
        assert "reduce_per_replica" in found["Unbuilt"]  # keras#20585
        assert found["Clipped"] == pytest.approx(1.0 - 2.0)  # The mean's would be 0.
