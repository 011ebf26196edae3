"""Writes a report of a run: configuration, results and figures in one HTML file.

Usage:

    python -m keras_drnet.report --run_dir=runs/kth --baseline=runs/kth_mcnet

With `--output=kth.md` it writes the tables and commands only, as Markdown.
"""

import datetime
import pathlib

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.errors import choose
from keras_drnet.models.networks import count_weights
from keras_drnet.reporting import markdown, page
from keras_drnet.reporting.results import check_same_clips, read_results
from keras_drnet.storage import files

_RUN_DIR = cli.run_dir_flag()
_BASELINE = cli.baseline_flag()
_OUTPUT = flags.DEFINE_string(
    "output",
    None,
    "File to write: .html, or .md for the tables only; defaults to "
    "<run_dir>/report.html.",
)


def main():
    """Read the results of runs and write the report."""
    run = RunFolder(_RUN_DIR.value)
    path = pathlib.Path(_OUTPUT.value or run.output_path("report.html"))
    form = choose(
        {".html": _html, ".md": markdown.build}, path.suffix, "suffix of --output"
    )
    runs = [run, *map(RunFolder, _BASELINE.value)]
    results = [read_results(one) for one in runs]
    check_same_clips(results)
    files.make_folder(str(path.parent))
    files.write_text(str(path), form(results))
    print(path)


def _html(results):
    networks = count_weights(results[0].config)
    return page.build(results, networks, datetime.date.today())


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
