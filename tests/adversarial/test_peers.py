"""Comparisons with other libraries: processes, hand-over, marks, tiny runs."""

import ast
import json
import os
import shutil
import sys

import numpy as np
import pytest

from keras_drnet.adversarial.experiments.harness import record, registry
from keras_drnet.adversarial.experiments.harness.experiment import Results, Settings
from keras_drnet.adversarial.experiments.harness.table import comparisons_page
from keras_drnet.adversarial.experiments.peers import contest, debiasing, marks
from keras_drnet.errors import InputError
from tests.support.processes import run_module

PEERS_PYTHON = os.environ.get("PEERS_PYTHON")
ECHO = """
import os
import time

import numpy as np

PACKAGES = ("numpy",)
clock = [0.0]
time.process_time = lambda: sum(clock)


def fit(data, *, factor):
    clock.append(2.0)
    return data["values"] * factor


def outputs(model, data):
    clock.append(30.0)
    found = {
        "threads": int(os.environ["OMP_NUM_THREADS"]),
        "has_path": "PYTHONPATH" in os.environ,
    }
    return {"scaled": model} | {name: np.array(value) for name, value in found.items()}
"""
FAILS = """
PACKAGES = ()


def fit(data):
    raise ArithmeticError("NaN detected")
"""


@pytest.fixture
def contestants(tmp_path, monkeypatch):
    """A folder of contestants, to which a test adds its own."""
    shutil.copy(contest.CONTESTANTS / "train.py", tmp_path)
    (tmp_path / "echo.py").write_text(ECHO)
    (tmp_path / "fails.py").write_text(FAILS)
    monkeypatch.setattr(contest, "CONTESTANTS", tmp_path)


@pytest.mark.usefixtures("contestants")
@pytest.mark.parametrize("python", [None, sys.executable])
def test_arrays_go_to_a_process_and_come_back(python):
    values = np.arange(6.0).reshape(2, 3)
    data, arguments = {"values": values}, {"factor": 2.5}
    trained = contest.train("echo", data, arguments, peers_python=python)
    np.testing.assert_array_equal(trained.outputs["scaled"], 2.5 * values)
    assert trained.versions == {"numpy": np.__version__}
    assert trained.outputs["threads"] == 1
    assert trained.outputs["has_path"] == (python is None)


@pytest.mark.usefixtures("contestants")
def test_time_is_of_training_alone():
    trained = contest.train("echo", {"values": np.ones(2)}, {"factor": 1.0})
    assert trained.seconds == 2.0  # Those of predicting are not counted.


@pytest.mark.usefixtures("contestants")
def test_a_contestant_that_fails_is_quoted():
    with pytest.raises(InputError, match="fails failed in .* code 1: .*NaN detected"):
        contest.train("fails", {}, {})


def test_a_python_that_is_not_there_is_explained():
    with pytest.raises(InputError, match="Cannot run /nowhere/python: .*`make peers`"):
        contest.train("fairlearn_debiasing", {}, {}, peers_python="/nowhere/python")


def test_the_program_explains_a_python_without_the_peers(tmp_path):
    flags = ("--tiny", f"--output_dir={tmp_path}", f"--peers_python={sys.executable}")
    result = run_module("keras_drnet.adversarial.experiments", "--peers", *flags)
    assert result.returncode == 2
    assert "No module named" in result.stderr and "`make peers`" in result.stderr
    assert "Traceback" not in result.stderr


def test_systems_are_those_of_the_comparisons():
    flags = ("--peers", "--system=digits")
    result = run_module("keras_drnet.adversarial.experiments", *flags)
    assert result.returncode == 2 and "['adapt', 'fairlearn'" in result.stderr


@pytest.mark.parametrize(
    "path", sorted(contest.CONTESTANTS.glob("*.py")), ids=lambda path: path.stem
)
def test_only_our_contestants_import_what_is_ours(path):
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in getattr(node, "names", [])]
        )
    }
    assert ("keras_drnet" in imported) == path.stem.startswith("our_")


def results(*seeds):
    return Results(
        [{row: dict(values) for row, values in seed.items()} for seed in seeds]
    )


def test_a_mark_allows_for_a_deviation_of_the_peer():
    seeds = [
        {"peer": {"m": v}, "near": {"m": 0.6}, "far": {"m": 0.4}} for v in (0.6, 0.8)
    ]
    found = results(*seeds)  # The peer: 0.7, deviation 0.14.
    assert marks.is_as_high(found, "near", "peer", "m")
    assert not marks.is_as_high(found, "far", "peer", "m")
    assert marks.is_as_low(found, "far", "peer", "m")
    seeds = [
        {"peer": {"m": v}, "near": {"m": 0.8}, "far": {"m": 0.9}} for v in (0.6, 0.8)
    ]
    assert marks.is_as_low(results(*seeds), "near", "peer", "m")
    assert not marks.is_as_low(results(*seeds), "far", "peer", "m")


def test_no_slower_is_of_all_pairs():
    rows = {"a": {"seconds": 1.0}, "b": {"seconds": 2.0}, "c": {"seconds": 3.0}}
    found = results(rows)
    assert marks.no_slower(("a", "b"), ("b", "c")).is_met(found)
    assert not marks.no_slower(("a", "b"), ("c", "b")).is_met(found)


@pytest.mark.parametrize(("gap", "is_met"), [(0.02, True), (0.04, False)])
def test_any_weight_of_ours_may_match_a_row_of_fairlearn(gap, is_met):
    rows = {}
    for alpha in debiasing.ALPHAS:
        peer, ours = (
            debiasing.row_name(n, alpha) for n in ("fairlearn", "keras_drnet")
        )
        rows[peer] = {"accuracy": 0.83, "parity_gap": 0.03}
        rows[ours] = {"accuracy": 0.85, "parity_gap": 0.1}
    rows[debiasing.row_name("keras_drnet", 3.0)] = {"accuracy": 0.84, "parity_gap": gap}
    criterion = debiasing.EXPERIMENT.criteria[0]
    assert criterion.is_met(results(rows)) == is_met


@pytest.mark.slow
@pytest.mark.skipif(
    not PEERS_PYTHON, reason="needs a Python that has the peers: make .venv-peers/ready"
)
def test_tiny_peers_are_trained_beside_ours(tmp_path):
    flags = ("--tiny", "--seeds=1", f"--output_dir={tmp_path}")
    flags += (f"--peers_python={PEERS_PYTHON}",)
    result = run_module("keras_drnet.adversarial.experiments", "--peers", *flags)
    assert result.returncode == 0, result.stderr
    settings, entries = Settings(tiny=True, peers_python=PEERS_PYTHON), []
    for name, experiment in registry.PEERS.items():
        folder = tmp_path / "peers" / name
        found = record.load_results(name, settings, folder)
        entries.append((name, experiment, found))
        assert len(found.rows) >= 2 and found.command.endswith(" --tiny")
        assert f"{name.partition('_')[0]} " in found.data
        for row in found.rows:
            assert found.seeds[0][row].keys() >= experiment.metrics.keys()
            assert found.mean(row, "seconds") > 0
        assert (folder / "table.md").read_text() in result.stdout
    page = (tmp_path / "peers/summary.md").read_text()
    assert page == comparisons_page(entries)
    assert json.loads((folder / "results.json").read_text())["settings"]["tiny"]
