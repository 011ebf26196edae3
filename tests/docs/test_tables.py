"""Tables of README and docs/: each is what docs/tables.py makes of the files."""

import importlib
import json
import re
import subprocess
import sys

import pytest

from keras_drnet.reporting import marked_tables
from tests.support.paths import ROOT

MEASURED = re.compile(r"\d\.\d|\d (%|(dB|ms|MB|min)\b)")  # What a measurement shows.
# Title rows of other tables with such numbers, and why they have them.
NOT_MEASURED = {
    "| data set | split |": "shares for testing",
    "| batch of 100 | weights | sent by each of 8 GPUs | operations |": "arithmetic",
}


@pytest.fixture
def tables(monkeypatch):
    """The program as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    return importlib.import_module("tables")


def test_each_table_is_made_of_the_files_and_shown():
    command = [sys.executable, "docs/tables.py", "--check"]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"Run: make results\n{result.stdout}{result.stderr}"


def test_a_changed_number_is_named_and_mended(tables, tmp_path, capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            tables.main([*arguments, str(page)])
        return end.value.code

    page = tmp_path / "page.md"
    page.write_text(
        "<!-- begin table: training_step -->\n<!-- end table -->\n\nText.\n"
    )
    assert run() == 0
    right = page.read_text()
    results = (ROOT / "docs/results/training_step.json").read_text()
    step = json.loads(results)["training_step"]["DrNet, float32"]
    ratio = f"{step['of_first']:.2f}"
    assert f"| DrNet, float32 | {step['median_ms']} | {ratio} |" in right
    assert right.endswith("\n\nText.\n")
    assert run("--check") == 0
    wrong = right.replace(ratio, "0.01")
    page.write_text(wrong)
    capsys.readouterr()
    assert run("--check") == 1
    assert "page.md: training_step" in capsys.readouterr().out
    assert page.read_text() == wrong
    assert run() == 0
    assert page.read_text() == right


def test_an_unknown_table_is_explained(tables, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- begin table: bundel -->\n<!-- end table -->\n")
    with pytest.raises(SystemExit, match="Unknown table 'bundel'.*'bundle'?"):
        tables.main([str(page)])


def test_measured_numbers_stand_between_markers(tables):
    whole = tables.whole_pages()
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        if path in whole:
            continue
        parts = marked_tables.split(path.read_text())
        unmarked = "".join(text for name, text in parts if not name)
        for table in re.findall(r"(?:^\|.*\n)+", unmarked, re.MULTILINE):
            title = table.partition("\n")[0]
            assert title in NOT_MEASURED or not MEASURED.search(table), (
                f"{path}: make this table from files, see docs/tables.py, or add it to "
                f"NOT_MEASURED.\n{table}"
            )


def test_each_run_is_in_a_report(tables):
    reported = {run for runs in tables.REPORTS.values() for run in runs}
    runs = {path.name for path in (tables.RESULTS / "runs").iterdir()}
    assert runs == reported


def test_results_of_the_survey_have_five_seeds(tables):
    for name in tables.EXPERIMENTS:
        assert len(tables.survey_results(name).seeds) >= 5, name
