"""Runs the small experiments of the survey and writes results, plots and tables.

Usage:

    python -m keras_drnet.adversarial.experiments --system=all --seeds=5
    python -m keras_drnet.adversarial.experiments --system=digits,laftr --data_dir=data
    python -m keras_drnet.adversarial.experiments --peers  # Made by `make peers`.

Every seed is written when it is done, and not run again. `summary.md` has the headlines
of all experiments whose results are in the output folder. Without `--data_dir`
experiments take data that come with packages or are generated, and say so.

With `--peers` they are comparisons with fairlearn, adapt and pythae, in a Python of
their own, and results are in the folder `peers` of the output folder.
"""

import pathlib
import sys

from absl import flags

from keras_drnet import cli
from keras_drnet.adversarial.experiments.harness import names, record, registry
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.experiments.harness.plot import plot_results
from keras_drnet.adversarial.experiments.harness.table import (
    comparisons_page,
    markdown_table,
    summary_table,
)
from keras_drnet.errors import InputError, choose
from keras_drnet.storage import files

_SYSTEM = flags.DEFINE_list(
    "system",
    "all",
    f"Systems, or all: {', '.join(registry.EXPERIMENTS)}; with --peers "
    f"{', '.join(registry.PEERS)}.",
)
_SEEDS = flags.DEFINE_integer(
    "seeds", 5, "Number of seeds; they are 0, 1, ...", lower_bound=1
)
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Folder with data sets: mnist, usps, adult, bsds500; any of them."
)
_OUTPUT_DIR = flags.DEFINE_string(
    "output_dir", "runs/adversarial", "Folder for results, with a folder a system."
)
_PEERS = flags.DEFINE_boolean("peers", False, "Compare with other libraries.")
_PEERS_PYTHON = flags.DEFINE_string(
    "peers_python", ".venv-peers/bin/python", "A Python that has these libraries."
)
_TINY = flags.DEFINE_boolean(
    "tiny", False, "Run each experiment in seconds, as a check."
)


def main():
    """Run the experiments one after another."""
    known = registry.PEERS if _PEERS.value else registry.EXPERIMENTS
    systems = [_current_name(name) for name in _SYSTEM.value]
    if systems == ["all"]:
        systems = list(known)
    experiments = {name: choose(known, name, "system") for name in systems}
    data_dir = _DATA_DIR.value and pathlib.Path(_DATA_DIR.value)
    if data_dir and not data_dir.is_dir():
        raise InputError(
            f"No folder {data_dir}; expected one that holds mnist, usps, adult or "
            "bsds500. Leave out --data_dir for data that need no download."
        )
    output, make_summary, python = pathlib.Path(_OUTPUT_DIR.value), summary_table, None
    if _PEERS.value:
        output, make_summary = output / "peers", comparisons_page
        python = _PEERS_PYTHON.value
    settings = Settings(data_dir or None, _TINY.value, python)
    # Unreadable results are an error before training.
    _load_all(known, settings, output)
    for name, experiment in experiments.items():
        folder = record.results_folder(output, name)
        results = record.run_seeds(
            name, experiment, settings, range(_SEEDS.value), folder
        )
        with files.atomic_write(str(folder / "plot.png")) as partial:
            plot_results(partial, experiment, results, record.load_arrays(folder))
        table = markdown_table(experiment, results)
        files.write_text(str(folder / "table.md"), table)
        print(table, flush=True)
    summary = make_summary(_load_all(known, settings, output))
    files.write_text(str(output / "summary.md"), summary)


def _current_name(name):
    """Return the present name of a system, with a notice where it was renamed."""
    current = names.current(name)
    if current != name:
        print(f"--system={name} is now --system={current}.", file=sys.stderr)
    return current


def _load_all(experiments, settings, output):
    """Return name, experiment and results of all that were ever run to a folder."""
    folders = {name: record.results_folder(output, name) for name in experiments}
    return [
        (name, experiments[name], record.load_results(name, settings, folder))
        for name, folder in folders.items()
        if (folder / record.FILE).is_file()
    ]


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
