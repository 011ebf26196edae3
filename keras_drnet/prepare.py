"""Writes a data set as shards that training reads fast, from a disk or from `s3://`.

Usage:

    python -m keras_drnet.prepare --preset=kth_64 --input=kth --output=shards/kth
    python -m keras_drnet.train --preset=kth_64 --data_dir=shards/kth --run_dir=runs/kth

Files that cannot be used are listed in the manifest and at the end; the exit code is
then 3, or 0 with --allow_bad.
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
    "dataset", None, "What the input is, if no preset says it: kth, video_folder, ..."
)
_PRESET = flags.DEFINE_string(
    "preset", None, f"Where sizes and splits come from: one of {sorted(PRESETS)}."
)
_INPUT = flags.DEFINE_string(
    "input", "", "Folder of the raw data; default: data that need no download."
)
_OUTPUT = flags.DEFINE_string(
    "output", None, "Folder of the shards, local or s3://.", required=True
)
_OVERRIDE = cli.override_flag()
_FORMAT = flags.DEFINE_enum(
    "format", "png", sorted(shards.ENCODERS), "Of the frames: png is exact."
)
_ITEMS_PER_SHARD = flags.DEFINE_integer(
    "items_per_shard", 32, "Videos, objects or characters in a shard.", lower_bound=1
)
_WORKERS = flags.DEFINE_integer(
    "workers", 0, "Processes; 0 = one for each core.", lower_bound=0
)
_ALLOW_BAD = flags.DEFINE_bool(
    "allow_bad", False, "Exit with 0 even if files could not be used."
)

EXIT_BAD_FILES = 3


def main():
    """Prepare a data set and say what came of it."""
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
        raise InputError("Nothing says what the input is; give --preset or --dataset.")
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
