"""Workers that train together: stopped, killed, started again."""

import signal

import pytest

from tests.support.processes import (
    checkpoint,
    checksums,
    train,
    wait_for,
)
from tests.support.workers import start_workers, wait_for_workers

pytestmark = pytest.mark.xdist_group("workers")


def start(run_dir, *flags):
    return start_workers(
        *("-m", "keras_drnet.train", f"--run_dir={run_dir}"),
        *("--strategy=multi_worker", *flags),
    )


def finish(workers):
    for status, errors in wait_for_workers(workers):
        assert status == 0, errors


@pytest.fixture(scope="module")
def never_stopped(tmp_path_factory):
    run_dir = tmp_path_factory.mktemp("workers") / "run"
    finish(start(run_dir, "--preset=tiny"))
    return run_dir


def test_workers_go_on_after_one_of_them_was_stopped_and_another_killed(
    never_stopped, tmp_path
):
    workers = start(tmp_path / "run", "--preset=tiny")
    wait_for(workers[0], checkpoint(tmp_path / "run", "drnet", 4))
    workers[1].send_signal(signal.SIGTERM)
    ends = wait_for_workers(workers)
    assert [status for status, _ in ends] == [130, 130]
    assert all("stopped and saved at step" in errors for _, errors in ends)

    workers = start(tmp_path / "run")
    wait_for(workers[0], checkpoint(tmp_path / "run", "drnet", 12))
    workers[0].kill()
    _, (status, errors) = wait_for_workers(workers)
    assert status == 2
    assert "Another worker was lost. Start all again" in errors

    finish(start(tmp_path / "run"))
    assert checksums(tmp_path / "run") == checksums(never_stopped)


def test_the_chief_alone_writes(never_stopped):
    samples = list((never_stopped / "samples" / "drnet").iterdir())
    assert len(samples) == 3  # One an epoch.
    events = list((never_stopped / "logs" / "drnet" / "train").iterdir())
    assert len(events) == 1


def test_a_batch_that_has_no_equal_shares_is_refused(tmp_path):
    flags = ("--preset=tiny", "--override=drnet.batch_size=3")
    for status, errors in wait_for_workers(start(tmp_path / "run", *flags)):
        assert status == 2
        assert "batch_size is 3; expected a multiple of 2" in errors.splitlines()[-1]


@pytest.mark.parametrize(
    "config", [None, "", "{}", "[]", '{"cluster": {"worker": []}, "task": {}}']
)
def test_a_missing_cluster_is_one_sentence(tmp_path, monkeypatch, config):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if config is not None:
        monkeypatch.setenv("TF_CONFIG", config)
    completed = train(tmp_path / "run", "--preset=tiny", "--strategy=multi_worker")
    assert completed.returncode == 2
    assert "TF_CONFIG" in completed.stderr.splitlines()[-1]
    assert not (tmp_path / "run").exists()
