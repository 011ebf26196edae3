"""Makes a small copy of a trained run, to be given to others.

Usage:

    python -m keras_drnet.release --run_dir=runs/digits --output_dir=digits \
        --share_as=hf://me/digits --license=cc-by-4.0

The copy can be evaluated, exported and used for generation as the run itself, but not
trained further: weights are in float16, without the state of training. Its README.md is
a card for the Hugging Face Hub, with the run's results. With --results_only the copy
has no weights and no card, only configuration and results.
"""

import pathlib
import shlex

from absl import flags

from keras_drnet import cli, pretrained
from keras_drnet.checkpoints import hub
from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.reporting import model_card
from keras_drnet.reporting.results import read_results
from keras_drnet.storage.files import write_text

_RUN_DIR = cli.run_dir_flag()
_OUTPUT_DIR = flags.DEFINE_string(
    "output_dir", None, "Folder to create, new or empty.", required=True
)
_SHARE_AS = flags.DEFINE_string(
    "share_as",
    "hf://owner/name",
    "Where the copy will be, for the commands on its card.",
)
_LICENSE = flags.DEFINE_string(
    "license", "", "License of the weights, by its name on the Hub: apache-2.0, ..."
)
_DATA_TERMS = flags.DEFINE_string(
    "data_terms", "", "Terms of the data that it was trained on, in words."
)
_DATA_DIR = cli.data_dir_flag()
_RESULTS_ONLY = flags.DEFINE_bool(
    "results_only", False, "Copy configuration and results, but no weights."
)


def main():
    """Write the copy with its card; print its size, and how to upload it."""
    run = RunFolder(_RUN_DIR.value)
    results = read_results(run)  # First: damaged ones leave no copy behind.
    is_packaged = _SHARE_AS.value.startswith(pretrained.PREFIX)
    repository = "" if is_packaged else hub.parse(_SHARE_AS.value).repository
    card = model_card.Card(
        _SHARE_AS.value,
        license=_LICENSE.value,
        data_terms=_DATA_TERMS.value,
        data_dir=pathlib.Path(run.config(data_dir=_DATA_DIR.value).data.data_dir).name,
    )
    copy = release(run, _OUTPUT_DIR.value, results_only=_RESULTS_ONLY.value)
    if not _RESULTS_ONLY.value:
        write_text(copy.path / model_card.FILE, model_card.build(results, card))
    size = sum(path.stat().st_size for path in copy.path.rglob("*") if path.is_file())
    print(f"{copy.path}: {size / 1e6:.2f} MB.")
    if repository and not _RESULTS_ONLY.value:
        words = (repository, str(copy.path))
        print(f"Upload it with: hf upload {shlex.join(words)}")


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
