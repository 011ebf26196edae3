"""Converts a data set into shards, which training reads fast, locally or from `s3://`.

Usage:

    python -m keras_drnet.prepare --preset=kth_64 --input=kth --output=shards/kth
    python -m keras_drnet.train --preset=kth_64 --data_dir=shards/kth --run_dir=runs/kth

Unusable files are left out, and listed in the manifest and at the end. The exit code
is then 3, or 0 with --allow_bad.
"""

import sys

from absl import flags

from keras_drnet import cli
from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config
from keras_drnet.data import preparation
from keras_drnet.data.pipeline import shards
from keras_drnet.errors import InputError, choose

_DATASET = flags.DEFINE_string(
    "dataset",
    None,
    "Data set of the input, if not the preset's: kth, video_folder, ...",
)
_PRESET = flags.DEFINE_string(
    "preset", None, f"Configuration of the data: one of {', '.join(sorted(PRESETS))}."
)
_INPUT = flags.DEFINE_string(
    "input", "", "Folder of the raw data; not needed if they come with packages."
)
_OUTPUT = flags.DEFINE_string(
    "output", None, "Folder of the shards, a local path or s3:// URL.", required=True
)
_OVERRIDE = cli.override_flag()
_FORMAT = flags.DEFINE_enum(
    "format",
    "png",
    sorted(shards.ENCODERS),
    "Image format of the frames; png is lossless.",
)
_ITEMS_PER_SHARD = flags.DEFINE_integer(
    "items_per_shard", 32, "Videos, objects or characters per shard.", lower_bound=1
)
_WORKERS = flags.DEFINE_integer(
    "workers", 0, "Number of processes; 0 = one per CPU core.", lower_bound=0
)
_ALLOW_BAD = flags.DEFINE_bool(
    "allow_bad", False, "Exit with code 0 even if files were left out."
)

EXIT_BAD_FILES = 3


def main():
    """Prepare a data set and print its size and the files left out."""
    manifest = preparation.prepare(
        _data_config(),
        _OUTPUT.value.rstrip("/"),
        encoding=_FORMAT.value,
        items_per_shard=_ITEMS_PER_SHARD.value,
        num_workers=_WORKERS.value,
    )
    for split, counts in manifest["splits"].items():
        print(
            f"{split}: {counts['clips']} clips with {counts['frames']} frames in "
            f"{counts['shards']} shards"
        )
    for entry in manifest["bad"]:
        print(f"bad: {entry['file']}: {entry['reason']}", file=sys.stderr)
    if manifest["bad"]:
        print(
            f"{len(manifest['bad'])} files or clips were left out; they are listed in "
            f"{_OUTPUT.value}/{shards.MANIFEST}.",
            file=sys.stderr,
        )
        if not _ALLOW_BAD.value:
            sys.exit(EXIT_BAD_FILES)


def _data_config():
    if not (_PRESET.value or _DATASET.value):
        raise InputError("The data set is unknown; give --preset or --dataset.")
    config = Config()
    if _PRESET.value:
        config = choose(PRESETS, _PRESET.value, "preset")()
    if _DATASET.value:
        config = config.with_overrides([f"data.dataset={_DATASET.value}"])
    config = config.with_overrides(_OVERRIDE.value)
    return config.with_overrides([f"data.data_dir={_INPUT.value}"]).data


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
