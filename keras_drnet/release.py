"""Makes a small copy of a trained run, to be given to others.

Usage:

    python -m keras_drnet.release --run_dir=runs/digits --output_dir=digits

The copy can be evaluated, exported and used for generation as the run itself, but not
trained further: weights are in float16, without the state of training. With
--results_only it has no weights, only configuration and results.
"""

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder

_RUN_DIR = cli.run_dir_flag("Folder of a trained run.")
_OUTPUT_DIR = flags.DEFINE_string(
    "output_dir", None, "Folder to create, new or empty.", required=True
)
_RESULTS_ONLY = flags.DEFINE_bool(
    "results_only", False, "Copy configuration and results, but no weights."
)


def main():
    """Write the copy and print its size."""
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
