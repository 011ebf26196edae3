"""Runs the small experiments of the survey and writes results, plots and tables.

Usage:

    python -m keras_drnet.adversarial.experiments --system=all --seeds=5
    python -m keras_drnet.adversarial.experiments --system=digits,laftr --data_dir=data

Every seed is written when it is done, and not run again. `summary.md` has the headlines
of all experiments whose results are in the output folder. Without `--data_dir`
experiments take data that come with packages or are generated, and say so.
"""

import pathlib
import sys

from absl import flags

from keras_drnet import cli
from keras_drnet.adversarial.experiments.harness import names, record, registry
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.experiments.harness.plot import plot_results
from keras_drnet.adversarial.experiments.harness.table import (
    markdown_table,
    summary_table,
)
from keras_drnet.errors import InputError, choose
from keras_drnet.storage import files

_SYSTEM = flags.DEFINE_list(
    "system", "all", f"Systems, or all: {', '.join(registry.EXPERIMENTS)}."
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
_TINY = flags.DEFINE_boolean(
    "tiny", False, "Run each experiment in seconds, as a check."
)


def main():
    """Run the experiments one after another."""
    systems = [_current_name(name) for name in _SYSTEM.value]
    if systems == ["all"]:
        systems = list(registry.EXPERIMENTS)
    experiments = {
        name: choose(registry.EXPERIMENTS, name, "system") for name in systems
    }
    data_dir = _DATA_DIR.value and pathlib.Path(_DATA_DIR.value)
    if data_dir and not data_dir.is_dir():
        raise InputError(
            f"No folder {data_dir}; expected one that holds mnist, usps, adult or "
            "bsds500. Leave out --data_dir for data that need no download."
        )
    settings = Settings(data_dir or None, _TINY.value)
    output = pathlib.Path(_OUTPUT_DIR.value)
    _load_all(settings, output)  # Unreadable results are an error before training.
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
    summary = summary_table(_load_all(settings, output))
    files.write_text(str(output / "summary.md"), summary)


def _current_name(name):
    """Return the present name of a system, with a notice where it was renamed."""
    current = names.current(name)
    if current != name:
        print(f"--system={name} is now --system={current}.", file=sys.stderr)
    return current


def _load_all(settings, output):
    """Return name, experiment and results of all that were ever run to a folder."""
    folders = {
        name: record.results_folder(output, name) for name in registry.EXPERIMENTS
    }
    return [
        (
            name,
            registry.EXPERIMENTS[name],
            record.load_results(name, settings, folder),
        )
        for name, folder in folders.items()
        if (folder / record.FILE).is_file()
    ]


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
