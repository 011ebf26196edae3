"""Makes a small copy of a trained run, to be given to others.

Usage:

    python -m keras_drnet.release --run_dir=runs/digits --output_dir=digits

The copy is a run folder that generates, is evaluated and exported as the run itself.
Weights are in float16, and what only training needs is left out; so is the place of
the data. With --results_only it has no weights: what was measured, to be kept and
reported.
"""

import pathlib
import shutil

import numpy as np
from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder

_RUN_DIR = cli.run_dir_flag("Folder of the trained run.")
_OUTPUT_DIR = flags.DEFINE_string("output_dir", None, "Folder to make.", required=True)

_RESULTS_ONLY = flags.DEFINE_bool(
    "results_only", False, "Copies configuration and evaluation, no weights."
)

EVIDENCE = ("metrics.json", "probes.json")  # Files of an evaluation that go along.


def release(run, output_dir, *, results_only=False):
    """Write the small copy of a run.

    Args:
        run: a `RunFolder`, trained.
        output_dir: folder to make, new or empty.
        results_only: whether to leave out the weights.

    Returns:
        The copy, a `RunFolder`.

    Raises:
        InputError: the run is not trained, or the folder cannot be made.
    """
    networks = None if results_only else run.load_networks()
    copy = RunFolder(output_dir)
    config = run.config()
    # The name of the data's folder belongs to how the results came about.
    data_dir = pathlib.Path(config.data.data_dir).name if results_only else ""
    copy.create(config.with_overrides([f"data.data_dir={data_dir}"]))
    if networks:
        _save_weights(run, networks, copy)
    for name in EVIDENCE:
        source = run.path / "evaluation" / name
        if source.is_file():
            (copy.path / "evaluation").mkdir(exist_ok=True)
            shutil.copyfile(source, copy.path / "evaluation" / name)
    return copy


def _save_weights(run, networks, copy):
    for stage, trained in run.last_networks(networks).items():
        steps, seconds = run.checkpoints(stage).progress()
        copy.checkpoints(stage).save(steps, trained, dtype=np.float16, seconds=seconds)


def main():
    """Write the copy and say how large it is."""
    copy = release(
        RunFolder(_RUN_DIR.value), _OUTPUT_DIR.value, results_only=_RESULTS_ONLY.value
    )
    size = sum(path.stat().st_size for path in copy.path.rglob("*") if path.is_file())
    print(f"{copy.path}: {size / 1e6:.2f} MB.")


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
