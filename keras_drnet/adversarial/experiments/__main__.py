"""Runs the small experiments of the survey: `results.json`, a plot and a table.

Usage:

    python -m keras_drnet.adversarial.experiments --system=all --seeds=5
    python -m keras_drnet.adversarial.experiments --system=digits,laftr --data_dir=data

Every seed is written when it is done, and not run again. `summary.md` has the headlines
of all experiments that were ever run to the folder. Without `--data_dir`
experiments take data that come with packages or are made, and say so.
"""

import pathlib

from absl import flags

from keras_drnet import cli
from keras_drnet.adversarial.experiments.harness import record, registry
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
_SEEDS = flags.DEFINE_integer("seeds", 5, "Seeds 0 to this less 1.", lower_bound=1)
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Folder of folders: mnist, usps, adult, bsds500; any of them."
)
_OUTPUT_DIR = flags.DEFINE_string(
    "output_dir", "runs/adversarial", "Where results are written, a folder a system."
)
_TINY = flags.DEFINE_boolean("tiny", False, "Whether to run for seconds, as a check.")


def main():
    """Run the experiments one after another."""
    names = _SYSTEM.value
    if names == ["all"]:
        names = list(registry.EXPERIMENTS)
    experiments = {name: choose(registry.EXPERIMENTS, name, "system") for name in names}
    data_dir = _DATA_DIR.value and pathlib.Path(_DATA_DIR.value)
    if data_dir and not data_dir.is_dir():
        raise InputError(
            f"No folder {data_dir}; expected one that holds mnist, usps, adult or "
            "bsds500. Leave out --data_dir for data that need no download."
        )
    settings = Settings(data_dir or None, _TINY.value)
    output = pathlib.Path(_OUTPUT_DIR.value)
    _load_all(settings, output)  # What can't be summed up is told before, not after.
    for name, experiment in experiments.items():
        folder = output / name
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


def _load_all(settings, output):
    """Return name, experiment and results of all that were ever run to a folder."""
    return [
        (name, experiment, record.load_results(name, settings, output / name))
        for name, experiment in registry.EXPERIMENTS.items()
        if (output / name / record.FILE).is_file()
    ]


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
