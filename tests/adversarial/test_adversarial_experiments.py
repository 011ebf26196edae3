"""The experiments' program: results kept seed by seed, tables, plots, wrong flags."""

import dataclasses
import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_drnet.adversarial.experiments import digit_domains
from keras_drnet.adversarial.experiments.harness import record, registry
from keras_drnet.adversarial.experiments.harness.batches import shuffled
from keras_drnet.adversarial.experiments.harness.experiment import (
    Experiment,
    Mark,
    Outcome,
    Published,
    Results,
    Settings,
)
from keras_drnet.adversarial.experiments.harness.plot import plot_results
from keras_drnet.adversarial.experiments.harness.table import (
    markdown_table,
    summary_table,
)
from keras_drnet.errors import InputError


def make_experiment(ran):
    def run(seed, settings):
        ran.append(seed)
        rows = {"none": {"gap": 1.0 + seed}, "adversary": {"gap": 0.5, "extra": seed}}
        return Outcome(rows, "Made data.", {"points": np.arange(4)})

    return Experiment(
        title="An experiment",
        run=run,
        measures={"gap": "|gap|", "extra": "more"},
        headlines=[("adversary", "gap"), ("adversary", "extra")],
        published=[Published("adversary", "gap", 0.25, "A paper", verified=False)],
        marks=[
            Mark("lower", lambda r: r.mean("adversary", "gap") < r.mean("none", "gap")),
            Mark("none", lambda r: r.mean("none", "gap") < 0),
        ],
        draw=lambda figure, arrays: figure.subplots().plot(arrays["points"]),
    )


def test_seeds_are_run_once_and_kept(tmp_path):
    ran, settings = [], Settings()
    experiment = make_experiment(ran)
    record.run_seeds("system", experiment, settings, range(2), tmp_path)
    results = record.run_seeds("system", experiment, settings, range(3), tmp_path)
    assert ran == [0, 1, 2]
    assert results.values("none", "gap") == [1.0, 2.0, 3.0]
    assert results.deviation("none", "gap") == 1.0
    np.testing.assert_array_equal(record.load_arrays(tmp_path)["points"], np.arange(4))
    stored = json.loads((tmp_path / "results.json").read_text())
    assert stored["versions"]["keras"] and stored["seeds"]["2"]["minutes"] >= 0
    assert stored["command"].endswith("--system=system")


def test_a_seed_is_the_same_whatever_ran_before(tmp_path):
    def run(seed, settings):
        order = shuffled(np.arange(100), 100, seed).take(1).get_single_element()
        return Outcome({"row": {"first": float(order[0])}}, "Made data.")

    experiment = dataclasses.replace(make_experiment([]), run=run)
    first = []
    for before in (5, 6):
        keras.utils.set_random_seed(before)
        folder = tmp_path / str(before)
        results = record.run_seeds("a", experiment, Settings(), range(2), folder)
        first.append(results.values("row", "first"))
    assert first[0] == first[1] and first[0][0] != first[0][1]


def test_seeds_on_other_data_are_not_mixed(tmp_path):
    experiment = make_experiment([])
    record.run_seeds("system", experiment, Settings(), range(1), tmp_path)

    def run(seed, settings):
        return dataclasses.replace(experiment.run(seed, settings), data="Real data.")

    other = dataclasses.replace(experiment, run=run)
    with pytest.raises(InputError, match=r"on other data \(Made data.\) than .*Real"):
        record.run_seeds("system", other, Settings(), range(2), tmp_path)
    assert len(record.load_results("system", Settings(), tmp_path).seeds) == 1


def test_results_of_other_settings_are_not_mixed(tmp_path):
    experiment = make_experiment([])
    record.run_seeds("system", experiment, Settings(), range(1), tmp_path)
    with pytest.raises(InputError, match="Choose another --output_dir"):
        record.run_seeds("system", experiment, Settings(tiny=True), range(1), tmp_path)
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(InputError, match="is not a file of results"):
        record.run_seeds("system", experiment, Settings(), range(1), tmp_path)


def test_a_table_has_rows_papers_and_marks(tmp_path):
    experiment = make_experiment([])
    results = record.run_seeds("system", experiment, Settings(), range(3), tmp_path)
    text = markdown_table(experiment, results)
    assert r"|  | \|gap\| | more |" in text
    assert "| none | 2.000 ± 1.000 | \N{EN DASH} |" in text
    assert "| adversary | 0.500 ± 0.000 | 1.000 ± 1.000 |" in text
    assert "| *adversary: A paper, not verified* | 0.250 | \N{EN DASH} |" in text
    assert "- met: lower" in text and "- **missed**: none" in text


def test_a_summary_has_the_row_without_an_adversary_beside(tmp_path):
    experiment, settings = make_experiment([]), Settings()
    record.run_seeds("system", experiment, settings, range(3), tmp_path)
    results = record.load_results("system", settings, tmp_path)
    table = summary_table([("system", experiment, results)])
    *_, gap, extra = table.splitlines()
    start = (
        r"| `system` | adversary | \|gap\| | 2.000 ± 1.000 | 0.500 ± 0.000 | 0.250 (not"
    )
    assert gap.startswith(start) and "| 1 of 2 | 3 | 0 |" in gap
    assert "\N{EN DASH} | 1.000 ± 1.000 | \N{EN DASH} |" in extra


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000 ± 0.000"),
        (0.0054, "0.0054 ± 0.0000"),
        (9.6e-5, "9.6e-05 ± 0.0e+00"),
    ],
)
def test_small_numbers_keep_their_digits(value, text):
    results = Results([{"row": {"gap": value}}])
    experiment = dataclasses.replace(make_experiment([]), marks=[])
    assert f"| row | {text} |" in markdown_table(experiment, results)


def test_a_plot_is_made_with_and_without_a_drawing(tmp_path):
    experiment = make_experiment([])
    results = record.run_seeds("system", experiment, Settings(), range(2), tmp_path)
    heights = []
    for arrays in ({}, record.load_arrays(tmp_path)):
        plot_results(tmp_path / "plot.png", experiment, results, arrays)
        data = (tmp_path / "plot.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        heights.append(int.from_bytes(data[20:24], "big"))
    assert heights[1] > heights[0]


@pytest.mark.parametrize("name", registry.EXPERIMENTS)
def test_published_figures_are_of_measures_that_there_are(name):
    experiment = registry.EXPERIMENTS[name]
    assert experiment.measures and experiment.marks and experiment.headlines
    assert all(measure in experiment.measures for _, measure in experiment.headlines)
    for figure in experiment.published:
        assert figure.measure in experiment.measures and figure.source


def run_program(*flags):
    return subprocess.run(
        [sys.executable, "-m", "keras_drnet.adversarial.experiments", *flags],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_program_writes_results_and_goes_on(tmp_path):
    flags = ["--system=zhang_toy", "--tiny", f"--output_dir={tmp_path}"]
    first = run_program(*flags, "--seeds=1")
    assert first.returncode == 0, first.stderr
    folder = tmp_path / "zhang_toy"
    assert (folder / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "table.md").read_text() in first.stdout
    second = run_program(*flags, "--seeds=1")
    assert "seed 0" in first.stdout and "seed 0" not in second.stdout
    assert "| projection |" in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--system=dan", "Unknown system 'dan'"),
        ("--data_dir=nowhere", "No folder nowhere; expected one that holds mnist"),
        ("--seeds=0", "seeds"),
    ],
)
def test_a_wrong_flag_is_one_sentence(flag, message):
    result = run_program(flag)
    assert result.returncode == 2 and message in result.stderr
    assert "Traceback" not in result.stderr


def test_digits_on_photographs_are_the_difference(rng):
    photograph = rng.uniform(size=(40, 30, 3)).astype("float32")
    digits = np.float32(rng.uniform(size=(3, 28, 28, 1)) < 0.5)
    images = digit_domains.mnist_m(digits, [photograph], rng)
    patches = np.where(digits > 0, 1.0 - images, images)
    windows = np.lib.stride_tricks.sliding_window_view(photograph, (28, 28, 3))
    for patch in patches:
        assert np.abs(windows[:, :, 0] - patch).max(axis=(2, 3, 4)).min() < 1e-6


def test_digits_of_either_domain_have_one_size():
    for load in (digit_domains.mnist, digit_domains.usps):
        digits, labels = load("test", Settings())
        assert digits.shape == (len(labels), 28, 28, 1)
        assert digits.dtype == np.float32 and digits.min() == 0 and digits.max() <= 1
        assert set(labels) == set(range(10))
