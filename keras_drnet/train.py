"""Trains a run's stages into its folder; goes on where it stopped.

DrNet has "drnet", then "pose", the pose LSTM; with `joint.epochs` "joint", which trains
pose encoder and LSTM together, and with `rollout.epochs` "rollout", which refines the
LSTM. MCNet has one, "mcnet".

Usage:

    python -m keras_drnet.train --preset=quickstart --run_dir=runs/quickstart
"""

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.errors import choose
from keras_drnet.training.stages import TRAINERS, open_run

_PRESET = flags.DEFINE_string(
    "preset", None, f"What to start a new run with: one of {sorted(PRESETS)}."
)
_RUN_DIR = cli.run_dir_flag("Run folder, new or to be continued.")
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Folder of the raw data; default: data that need no download."
)
_OVERRIDE = cli.override_flag()
_BASELINE = flags.DEFINE_enum(
    "baseline", None, sorted(BASELINES), "Trains this on the preset's data instead."
)
_STAGE = flags.DEFINE_enum(
    "stage", "all", ["all", *TRAINERS], "What to train: all goes through all."
)


def main():
    """Train the stages that --stage asks for."""
    run = open_run(
        RunFolder(_RUN_DIR.value),
        _PRESET.value,
        _DATA_DIR.value,
        _OVERRIDE.value,
        _BASELINE.value,
    )
    stages = run.stages()
    if _STAGE.value != "all":
        stages = [choose({s: s for s in stages}, _STAGE.value, "stage of this run")]
    for stage in stages:
        TRAINERS[stage](run)


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
