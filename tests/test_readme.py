"""The README's script runs, and its numbers are those that programs wrote."""

import pathlib
import re

import numpy as np
import pytest

from keras_drnet.adversarial.experiments.harness import record
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.experiments.harness.registry import EXPERIMENTS
from keras_drnet.adversarial.experiments.harness.table import (
    markdown_table,
    summary_table,
)
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.reporting import markdown
from keras_drnet.reporting.results import check_same_clips, read_results
from tests.support.paths import ROOT

README = ROOT / "README.md"
RESULTS = ROOT / "docs" / "results"
REPORTS = [
    path for path in RESULTS.glob("*.md") if (RESULTS / "runs" / path.stem).exists()
]


def test_the_script_runs():
    (script,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    script = script.replace('"quickstart"', '"tiny"')
    script = re.sub(r"epochs=\d+, steps_per_epoch=\d+", "steps_per_epoch=2", script)
    script = script.replace("num_past=5", "num_past=3").replace("...", "break")
    names = {}
    exec(compile(script, str(README), "exec"), names)
    assert names["frames"].shape == (4, 32, 32, 3)
    assert np.all(np.isfinite(names["frames"]))


@pytest.mark.parametrize("path", [README, ROOT / "android_demo" / "README.md"])
def test_every_file_that_is_linked_is_there(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", [README, *REPORTS, *ROOT.glob("*_demo/README.md")])
def test_the_rows_of_a_table_have_the_cells_of_its_head(path):
    for table in re.findall(r"(?:^\|.*\n)+", path.read_text(), re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(counts) == 1, table


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_of_results_is_what_the_program_writes(path):
    runs = [RESULTS / "runs" / path.stem]
    runs += sorted((RESULTS / "runs").glob(f"{path.stem}_*"))
    results = [read_results(RunFolder(run)) for run in runs]
    check_same_clips(results)
    assert path.read_text() == markdown.build(results), "Run: make results"


def load_survey(name):
    settings = Settings(data_dir=pathlib.Path("data"))
    return record.load_results(name, settings, RESULTS / "adversarial" / name)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_table_of_the_survey_is_what_the_program_writes(name):
    results = load_survey(name)
    assert len(results.seeds) >= 5
    table = RESULTS / "adversarial" / name / "table.md"
    assert table.read_text() == markdown_table(EXPERIMENTS[name], results)


def test_the_summary_of_the_survey_is_what_the_program_writes():
    entries = [(name, EXPERIMENTS[name], load_survey(name)) for name in EXPERIMENTS]
    summary = (RESULTS / "adversarial" / "summary.md").read_text()
    assert summary == summary_table(entries)
    assert summary in README.read_text()


def test_every_run_is_in_a_report():
    names = {path.stem for path in REPORTS}
    assert names >= {"quickstart", "moving_mnist", "kth"}
    for run in (RESULTS / "runs").iterdir():
        assert any(f"{run.name}_".startswith(f"{name}_") for name in names), run


def test_the_numbers_of_tables_come_from_files_that_programs_wrote():
    tables = [b for b in README.read_text().split("\n\n") if "\n|" in f"\n{b}"]
    measured = [table for table in tables if re.search(r"\d\.\d", table)]
    assert len(measured) >= 4
    for table in measured:
        source, *rows = table.splitlines()
        files = re.fullmatch(r"<!-- (docs/results/.*) -->", source)
        assert files, f"Which file are these from? {table}"
        written = "".join((ROOT / name).read_text() for name in files[1].split())
        known = set(re.findall(r"\d+\.\d+", written))
        for row in rows:
            assert set(re.findall(r"\d+\.\d+", row)) <= known, row
