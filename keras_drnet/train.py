"""Trains the stages of a run, or continues from the last checkpoint.

The stages of DrNet are "drnet", encoders and decoder; "pose", the pose LSTM; with
`joint.epochs` "joint", pose encoder and LSTM together; and with `rollout.epochs`
"rollout", which refines the LSTM. MCNet has one stage, "mcnet".

Usage:

    python -m keras_drnet.train --preset=quickstart --run_dir=runs/quickstart
    python -m keras_drnet.train --run_dir=runs/quickstart  # Continues.

With --strategy=mirrored all GPUs of the machine share every batch, with
--strategy=multi_worker all machines that TF_CONFIG names: docs/guides/many_machines.md.

With --initialize_from a new run begins with the weights of another, on other data or
with other settings of training:

    python -m keras_drnet.train --initialize_from=pretrained:moving_mnist \
        --override=drnet.learning_rate=1e-4 --run_dir=runs/further
"""

import contextlib

import tensorflow as tf
from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.errors import TrainingError, choose
from keras_drnet.storage.lock import exclusive
from keras_drnet.training import distribution
from keras_drnet.training.open_run import open_run
from keras_drnet.training.stages import STAGES, train_stage

_PRESET = flags.DEFINE_string(
    "preset", None, f"Configuration of a new run: one of {', '.join(sorted(PRESETS))}."
)
_CONFIG = flags.DEFINE_string(
    "config", None, "YAML file of config values that differ from the preset's."
)
_RUN_DIR = cli.run_dir_flag("Run folder, new or to continue.")
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Data directory; not needed if the data come with packages."
)
_OVERRIDE = cli.override_flag()
_BASELINE = flags.DEFINE_enum(
    "baseline",
    None,
    sorted(BASELINES),
    "Baseline to train with the preset's data instead of DrNet.",
)
_INITIALIZE_FROM = flags.DEFINE_string(
    "initialize_from",
    None,
    "Run whose weights a new run begins with: a folder, or pretrained:<name>. Without "
    "--preset and --config, its configuration is taken, too.",
)
_STAGE = flags.DEFINE_enum(
    "stage", "all", ["all", *STAGES], "Stage to train, or all of the run's."
)
_STRATEGY = flags.DEFINE_enum(
    "strategy",
    "none",
    distribution.STRATEGIES,
    "What shares every batch: one device, all GPUs of this machine (or all logical "
    "CPUs), or all machines that TF_CONFIG names.",
)
_DETERMINISTIC = flags.DEFINE_bool(
    "deterministic",
    True,
    "Whether the same steps give the same weights. Without, TensorFlow takes faster "
    "operations, and XLA on a GPU.",
)
_STEPS_PER_EXECUTION = flags.DEFINE_integer(
    "steps_per_execution",
    1,
    "Steps that run at once, without a look at signals and losses between them.",
    lower_bound=1,
)


def main():
    """Train one stage of a run, or all."""
    strategy = distribution.make_strategy(_STRATEGY.value)
    with strategy.scope(), _lost_workers():
        run = _open_run()
        stages = run.stages()
        if _STAGE.value != "all":
            stages = [choose({s: s for s in stages}, _STAGE.value, "stage of this run")]
        with _locked(run):
            for stage in stages:
                train_stage(
                    run,
                    stage,
                    deterministic=_DETERMINISTIC.value,
                    steps_per_execution=_STEPS_PER_EXECUTION.value,
                )


def _open_run():
    """Open the run; the chief creates it before the other workers look for it."""
    try:
        if not distribution.is_chief():
            distribution.any_worker(False)
        return open_run(
            RunFolder(_RUN_DIR.value),
            _PRESET.value,
            _DATA_DIR.value,
            _OVERRIDE.value,
            _BASELINE.value,
            _CONFIG.value,
            _INITIALIZE_FROM.value,
        )
    finally:
        if distribution.is_chief():
            distribution.any_worker(False)


def _locked(run):
    """Return a context in which no other program trains the run."""
    if distribution.is_chief():
        return exclusive(run.path / ".lock", run.path)
    return contextlib.nullcontext()


@contextlib.contextmanager
def _lost_workers():
    """Say what to do where another worker is gone."""
    try:
        yield
    except tf.errors.OpError as error:
        if distribution.worker()[1] == 1:
            raise
        raise TrainingError(
            "Another worker was lost. Start all again with the same command: they go "
            f"on from the last checkpoint. TensorFlow says: {error.message[:200]}"
        ) from error


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
