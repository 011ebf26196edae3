"""Writes the tables of README.md and docs/ from the JSON files under docs/results.

Usage:

    python docs/tables.py           # writes the tables that differ
    python docs/tables.py --check   # only names them; exit code 1 if there are any

A table stands between two lines,

    <!-- begin table: NAME -->
    <!-- end table -->

where NAME is a key of `TABLES`. The pages under docs/results are written whole.
"""

import argparse
import functools
import pathlib
import sys

import table_contents
from measured import RESULTS

from keras_drnet.adversarial.experiments.harness import record
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.experiments.harness.registry import EXPERIMENTS, PEERS
from keras_drnet.adversarial.experiments.harness.table import (
    comparisons_page,
    markdown_table,
    summary_table,
)
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.errors import InputError
from keras_drnet.reporting import markdown, marked_tables
from keras_drnet.reporting.results import check_same_clips, read_results

ROOT = pathlib.Path(__file__).parents[1]
# Reports, and the runs in each: that which it is about, then those compared with it.
REPORTS = {
    "quickstart": ["quickstart"],
    "moving_mnist": [
        "moving_mnist",
        "moving_mnist_keypoints",
        "moving_mnist_autoencoder",
        "moving_mnist_mcnet",
    ],
    "kth": ["kth", "kth_unet", "kth_autoencoder", "kth_mcnet"],
    "chairs": ["chairs"],
    "sprites": ["sprites"],
    "coil100": ["coil100"],
}


TABLES = table_contents.TABLES | {"survey": lambda: survey().rstrip("\n")}


def report(runs):
    """Return the report of some runs."""
    results = [read_results(RunFolder(RESULTS / "runs" / run)) for run in runs]
    check_same_clips(results)
    return markdown.build(results)


@functools.cache
def survey_results(name, parent="."):
    """Return the results of an adversarial experiment; `parent` is of its folder."""
    folder = RESULTS / "adversarial" / parent / name
    return record.load_results(name, Settings(pathlib.Path("data")), folder)


def survey():
    """Return the summary of all adversarial experiments."""
    entries = [(name, one, survey_results(name)) for name, one in EXPERIMENTS.items()]
    return summary_table(entries)


def comparisons():
    """Return the page of all comparisons with other libraries."""
    return comparisons_page(
        [(name, one, survey_results(name, "peers")) for name, one in PEERS.items()]
    )


def whole_pages():
    """Return the pages that are written whole: dict of path to text."""
    texts = {f"{name}.md": report(runs) for name, runs in REPORTS.items()}
    texts["adversarial/summary.md"] = survey()
    for name, experiment in EXPERIMENTS.items():
        page = markdown_table(experiment, survey_results(name))
        texts[f"adversarial/{name}/table.md"] = page
    texts["adversarial/peers/summary.md"] = comparisons()
    return {RESULTS / name: text for name, text in texts.items()}


def pages_with_tables(paths):
    """Return files with their tables made anew: dict of path to text."""
    texts = {}
    for path in paths:
        try:
            texts[path] = marked_tables.replace(path.read_text(), TABLES)
        except (OSError, InputError) as error:
            sys.exit(f"{path}: {error}")
    return texts


def main(arguments=None):
    """Write the tables, or name those that differ; name those that no page shows.

    Args:
        arguments: list of words; `None` = those of the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument(
        "files",
        nargs="*",
        type=pathlib.Path,
        help="files with tables; by default README.md and all pages under docs/",
    )
    flags = parser.parse_args(arguments)
    faults, unused = [], set()
    if flags.files:
        texts = pages_with_tables(flags.files)
    else:
        pages = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
        texts = pages_with_tables(pages) | whole_pages()
        shown = {
            name for text in texts.values() for name, _ in marked_tables.split(text)
        }
        unused = TABLES.keys() - shown
    for path, text in texts.items():
        before = path.read_text() if path.exists() else ""
        if text != before:
            names = marked_tables.differing(before, text)
            faults.append(f"{path}: {', '.join(names) or 'the whole page'}")
            if not flags.check:
                path.write_text(text)
    if faults:
        print("Tables that differ:" if flags.check else "Written:", *faults, sep="\n")
    if unused:
        print("Tables that no page shows:", *sorted(unused), sep="\n")
    sys.exit(bool(unused or (flags.check and faults)))


if __name__ == "__main__":
    main()
