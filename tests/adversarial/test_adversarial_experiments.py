"""The experiments' program: results seed by seed, tables, plots, wrong flags."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.adversarial.experiments.data import digit_domains
from keras_drnet.adversarial.experiments.harness import record, registry
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
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
from tests.support.processes import run_module


def make_experiment(ran):
    def run(seed, settings):
        ran.append(seed)
        rows = {"none": {"gap": 1.0 + seed}, "adversary": {"gap": 0.5, "extra": seed}}
        return Outcome(rows, "Made data.", {"points": np.arange(4)})

    return Experiment(
        title="An experiment",
        run=run,
        metrics={"gap": "|gap|", "extra": "more"},
        headlines=[("adversary", "gap"), ("adversary", "extra")],
        published=[Published("adversary", {"gap": 0.25}, "A paper")],
        criteria=[
            AcceptanceCriterion(
                "lower", lambda r: r.mean("adversary", "gap") < r.mean("none", "gap")
            ),
            AcceptanceCriterion("none", lambda r: r.mean("none", "gap") < 0),
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


def test_a_seed_gives_the_same_results_whatever_ran_before(tmp_path):
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


def test_seeds_on_other_data_are_refused(tmp_path):
    experiment = make_experiment([])
    record.run_seeds("system", experiment, Settings(), range(1), tmp_path)

    def run(seed, settings):
        return dataclasses.replace(experiment.run(seed, settings), data="Real data.")

    other = dataclasses.replace(experiment, run=run)
    with pytest.raises(InputError, match=r"on other data \(Made data.\) than .*Real"):
        record.run_seeds("system", other, Settings(), range(2), tmp_path)
    assert len(record.load_results("system", Settings(), tmp_path).seeds) == 1


def test_results_of_other_settings_are_refused(tmp_path):
    experiment = make_experiment([])
    record.run_seeds("system", experiment, Settings(), range(1), tmp_path)
    with pytest.raises(InputError, match="Choose another --output_dir"):
        record.run_seeds("system", experiment, Settings(tiny=True), range(1), tmp_path)
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(InputError, match="is not a file of results"):
        record.run_seeds("system", experiment, Settings(), range(1), tmp_path)


def test_a_table_has_rows_published_figures_and_criteria(tmp_path):
    experiment = make_experiment([])
    results = record.run_seeds("system", experiment, Settings(), range(3), tmp_path)
    text = markdown_table(experiment, results)
    assert r"|  | \|gap\| | more |" in text
    assert "| none | 2.000 ± 1.000 | \N{EN DASH} |" in text
    assert "| adversary | 0.500 ± 0.000 | 1.000 ± 1.000 |" in text
    assert "| *adversary: A paper, not verified* | 0.250 | \N{EN DASH} |" in text
    assert "- met: lower" in text and "- **missed**: none" in text


def test_a_summary_compares_with_the_row_without_an_adversary(tmp_path):
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
    experiment = dataclasses.replace(make_experiment([]), criteria=[])
    assert f"| row | {text} |" in markdown_table(experiment, results)


def test_a_plot_with_a_drawing_is_higher(tmp_path):
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
def test_published_figures_and_headlines_are_of_known_metrics(name):
    experiment = registry.EXPERIMENTS[name]
    assert experiment.metrics and experiment.criteria and experiment.headlines
    assert all(metric in experiment.metrics for _, metric in experiment.headlines)
    for published in experiment.published:
        assert published.values and published.source
        assert set(published.values) <= set(experiment.metrics)


def run_program(*flags):
    return run_module("keras_drnet.adversarial.experiments", *flags)


def test_the_program_writes_results_and_runs_each_seed_once(tmp_path):
    system = "adversarial_debiasing_toy"
    flags = ["--tiny", "--seeds=1", f"--output_dir={tmp_path}"]
    first = run_program(f"--system={system}", *flags)
    assert first.returncode == 0, first.stderr
    folder = tmp_path / system
    assert (folder / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "table.md").read_text() in first.stdout
    assert "| projection |" in (tmp_path / "summary.md").read_text()
    second = run_program("--system=zhang_toy", *flags)
    assert "seed 0" in first.stdout and "seed 0" not in second.stdout
    assert f"--system=zhang_toy is now --system={system}." in second.stderr


def test_results_of_an_earlier_release_are_read_and_extended(tmp_path):
    """In a folder, with a system, a row and a metric of their names then."""
    folder = tmp_path / "predictability_minimisation"
    folder.mkdir()
    rows = {"predictability minimisation": {"neighbour": 0.5}}
    stored = {
        "settings": {
            "system": "predictability_minimisation",
            "tiny": False,
            "data_dir": False,
        },
        "command": "a command",
        "data": "Made data.",
        "seeds": {"0": {"minutes": 1.0, "rows": rows}},
    }
    (folder / "results.json").write_text(json.dumps(stored))
    name = "predictability_minimization"
    assert record.results_folder(tmp_path, name) == folder
    results = record.load_results(name, Settings(), folder)
    assert results.values("predictability minimization", "neighbor") == [0.5]
    ran = []
    record.run_seeds(name, make_experiment(ran), Settings(), range(2), folder)
    assert ran == [1]
    assert record.results_folder(tmp_path, "aae") == tmp_path / "aae"


def test_wrong_flags_are_refused_in_one_sentence():
    cases = [
        ("--system=dan", "Unknown system 'dan'"),
        ("--data_dir=nowhere", "No folder nowhere; expected one that holds mnist"),
        ("--seeds=0", "seeds"),
    ]
    for flag, message in cases:
        result = run_program(flag)
        assert result.returncode == 2 and message in result.stderr
        assert "Traceback" not in result.stderr


def test_mnist_m_is_the_difference_of_digit_and_patch(rng):
    photograph = rng.uniform(size=(40, 30, 3)).astype("float32")
    digits = np.float32(rng.uniform(size=(3, 28, 28, 1)) < 0.5)
    images = digit_domains.mnist_m(digits, [photograph], rng)
    patches = np.where(digits > 0, 1.0 - images, images)
    windows = np.lib.stride_tricks.sliding_window_view(photograph, (28, 28, 3))
    for patch in patches:
        assert np.abs(windows[:, :, 0] - patch).max(axis=(2, 3, 4)).min() < 1e-6


def test_digits_of_both_domains_have_one_size():
    for load in (digit_domains.mnist, digit_domains.usps):
        digits, labels = load("test", Settings())
        assert digits.shape == (len(labels), 28, 28, 1)
        assert digits.dtype == np.float32 and digits.min() == 0 and digits.max() <= 1
        assert set(labels) == set(range(10))
