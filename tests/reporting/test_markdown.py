"""The report as Markdown: the same numbers, and the same text on any machine."""

from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.reporting import markdown
from keras_drnet.reporting.results import read_results
from tests.support.results import PROBES, metrics

NONE = "\N{EN DASH}"


def build_rows(*runs):
    """Return the text of a report and its lines, cut into cells."""
    text = markdown.build([read_results(run) for run in runs])
    return text, [line.strip("| ").split(" | ") for line in text.splitlines()]


def test_numbers_are_those_of_the_files(make_run):
    counts = {"train_steps": {"drnet": 3000}, "train_seconds": {"drnet": 4000.0}}
    run = make_run("run", metrics=metrics(**counts), probes=PROBES)
    other = make_run("other", metrics=metrics(first=23.0))
    text, rows = build_rows(run, other)
    assert ["Method", "+1", "+5", "+10"] in rows
    best = ["**24.00** (23.50 to 24.50)", "**23.60** (23.10 to 24.10)"]
    assert ["DrNet", *best, "**23.10** (22.60 to 23.60)"] in rows
    assert ["digit_1", "98.7 %", "65.4 %", NONE] in rows
    assert ["DrNet", "DrNet (other)"] in rows  # Heads of the runs.
    assert ["Stage drnet", "3,000 steps in 1 h 7 min", "0 steps"] in rows
    assert ["Reconstruction", "0.00345", "0.00345"] in rows
    predictions = [row for row in rows if row[0] == "DrNet (other)" and len(row) > 1]
    assert {len(row) for row in predictions} == {4}
    # A place on this machine would change the text from one machine to the next.
    assert str(run.path.parent) not in text
    assert "python -m keras_drnet.train --run_dir=runs/other --preset=tiny" in text


def test_a_run_without_codes_has_its_digits_alone(make_run):
    config = BASELINES["mcnet"](PRESETS["tiny"]())
    run = make_run("run", metrics=metrics(), probes=PROBES)
    digits = {"digits": PROBES["digits"] | {"num_clips": 512}}
    mcnet = make_run("mcnet", config, metrics=metrics("mcnet"), probes=digits)
    text, rows = build_rows(run, mcnet)
    assert text.count("within 3 pixels of 64") == 2
    assert ["Stage mcnet", NONE, "0 steps"] in rows
    command = "python -m keras_drnet.probe --run_dir=runs/mcnet --num_digit_clips=512"
    assert command in text
