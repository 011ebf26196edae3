"""The program `report`."""

from tests.support.html_page import Page
from tests.support.processes import run_module
from tests.support.results import PROBES, metrics


def report(run, *flags):
    return run_module("keras_drnet.report", f"--run_dir={run.path}", *flags)


def test_the_program_writes_the_page_whole_or_not_at_all(make_run):
    run = make_run("run", metrics=metrics(), probes=PROBES)
    done = report(run)
    assert done.returncode == 0, done.stderr
    path = run.path / "report.html"
    assert done.stdout.strip() == str(path)
    assert "24.00" in Page(path.read_text()).text
    assert not list(run.path.glob("report.html?*"))
    refused = report(run, f"--output={run.path}/report.pdf")
    assert refused.returncode == 2
    assert "Unknown suffix of --output '.pdf'; expected one of" in refused.stderr
    assert not (run.path / "report.pdf").exists()


def test_the_suffix_chooses_markdown(make_run):
    run = make_run("run", metrics=metrics(), probes=PROBES)
    done = report(run, f"--output={run.path}/tables.md")
    assert done.returncode == 0, done.stderr
    assert (
        (run.path / "tables.md").read_text().startswith("# DrNet on moving_mnist: run")
    )
