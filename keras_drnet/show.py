"""Lists the presets and the packaged runs, or describes one run.

Usage:

    python -m keras_drnet.show
    python -m keras_drnet.show --preset=quickstart
    python -m keras_drnet.show --run_dir=runs/quickstart
"""

import inspect

from absl import flags

from keras_drnet import cli, pretrained
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.overrides import flatten
from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError, choose

_RUN_DIR = cli.run_dir_flag(required=False)
_PRESET = flags.DEFINE_string("preset", None, "Preset to describe.")


def main():
    """Print the list, or the description of a preset or a run."""
    if _RUN_DIR.value and _PRESET.value:
        raise InputError("Both --run_dir and --preset are given; expected one of them.")
    if _PRESET.value:
        preset = choose(PRESETS, _PRESET.value, "preset")
        lines = [inspect.getdoc(preset), "", *_changes(preset())]
    elif _RUN_DIR.value:
        lines = _describe(RunFolder(_RUN_DIR.value))
    else:
        lines = _list()
    print("\n".join(lines))


def _list():
    yield "Presets (--preset=<name> has more):"
    for name, preset in PRESETS.items():
        yield f"  {name:30} {inspect.getdoc(preset).partition(chr(10))[0]}"
    yield "Packaged runs (--run_dir=pretrained:<name>):"
    for name in pretrained.names():
        yield f"  {name}"


def _describe(run):
    config = run.config()
    yield f"{run.argument}: {config.method_name} on {config.data.dataset}."
    for stage in run.stages():
        wanted = config.stage(stage)
        total = wanted.epochs * wanted.steps_per_epoch
        step, seconds = run.checkpoints(stage).progress()
        yield f"  stage {stage}: step {step} of {total}, {seconds / 60:.0f} minutes"
    yield from _changes(config)


def _changes(config):
    yield "Settings that differ from the defaults:"
    defaults = flatten(Config())
    for key, value in flatten(config).items():
        if value != defaults[key]:
            yield f"  {key}={value}"


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
