"""Jobs on Dask clusters, and how they fail; `tests/data` makes shards there."""

import importlib

import dask
import pytest

from keras_drnet.errors import InputError
from keras_drnet.processes.dask_cluster import run_on_dask
from tests.support.dying_worker import die


@pytest.fixture(autouse=True, scope="module")
def defaults():
    """Reads Dask's defaults: a setting made before them takes them along at its end."""
    importlib.import_module("distributed")


def test_no_jobs_start_no_cluster():
    assert list(run_on_dask(die, [], num_workers=0, unit="job")) == []


def test_a_job_that_ends_every_worker_is_given_up():
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        pytest.raises(InputError, match="One job ended every worker that began it"),
    ):
        list(run_on_dask(die, [1], num_workers=1, unit="job"))


@pytest.mark.parametrize("scheduler", ["tcp://127.0.0.1:9", "127.0.0.1", "no://a:1"])
def test_a_scheduler_that_does_not_answer_is_reported(scheduler):
    jobs = run_on_dask(die, [1], num_workers=0, unit="job", scheduler=scheduler)
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(InputError, match=f"No Dask scheduler answers at '{scheduler}'"),
    ):
        list(jobs)


def test_a_cluster_that_runs_has_its_own_number_of_workers():
    jobs = run_on_dask(die, [1], num_workers=2, unit="job", scheduler="tcp://a:1")
    with pytest.raises(InputError, match="give the scheduler or the number"):
        list(jobs)
