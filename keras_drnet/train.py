"""Trains DrNet, then the pose LSTM, into a run folder; goes on where it stopped.

Usage:

    python -m keras_drnet.train --preset=quickstart --run_dir=runs/quickstart
"""

from keras_drnet import program  # isort: skip  (quiets TensorFlow's start)

from absl import flags

from keras_drnet import training
from keras_drnet.checkpoint import RunFolder
from keras_drnet.presets import PRESETS

_PRESET = flags.DEFINE_string(
    "preset", None, f"What to start a new run with: one of {sorted(PRESETS)}."
)
_RUN_DIR = flags.DEFINE_string("run_dir", None, "Folder of the run.", required=True)
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Folder of the raw data; default: data that need no download."
)
_OVERRIDE = flags.DEFINE_multi_string(
    "override", [], "Change of the preset, section.key=value; may be repeated."
)
_STAGE = flags.DEFINE_enum(
    "stage", "all", ["all", "drnet", "pose"], "What to train: all goes through both."
)


def main():
    """Trains the stages that --stage asks for."""
    run = training.open_run(
        RunFolder(_RUN_DIR.value), _PRESET.value, _DATA_DIR.value, _OVERRIDE.value
    )
    if _STAGE.value in ("all", "drnet"):
        training.train_drnet(run)
    if _STAGE.value in ("all", "pose"):
        training.train_pose_predictor(run)


def cli():
    """Runs the program from the command line."""
    program.run(main)


if __name__ == "__main__":
    cli()
