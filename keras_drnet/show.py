"""Lists the presets and the packaged runs, or describes or shows one run.

Usage:

    python -m keras_drnet.show
    python -m keras_drnet.show --preset=quickstart
    python -m keras_drnet.show --run_dir=runs/quickstart
    python -m keras_drnet.show --run_dir=runs/quickstart --browser

With --browser the run's model is exported, if it was not yet, and run in the browser on
a page of this machine, until Ctrl-C.
"""

import inspect
import webbrowser

from absl import flags

from keras_drnet import cli, pretrained
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.overrides import flatten
from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError, choose
from keras_drnet.reporting import browser_bundle, demo_server

_RUN_DIR = cli.run_dir_flag(required=False)
_PRESET = flags.DEFINE_string("preset", None, "Preset to describe.")
_BROWSER = flags.DEFINE_bool("browser", False, "Run the run's model in the browser.")
_PORT = flags.DEFINE_integer(
    "port",
    0,
    "Port of the page on this machine, with --browser; 0 is any that is free.",
    lower_bound=0,
    upper_bound=65535,
)
_DATA_DIR = cli.data_dir_flag()


def main():
    """Print the list, or the description of a preset or a run; or serve its page."""
    if _RUN_DIR.value and _PRESET.value:
        raise InputError("Both --run_dir and --preset are given; expected one of them.")
    if _BROWSER.value:
        if not _RUN_DIR.value:
            raise InputError("--browser shows a run; give it as --run_dir.")
        _serve(RunFolder(_RUN_DIR.value))
        return
    if _PRESET.value:
        preset = choose(PRESETS, _PRESET.value, "preset")
        lines = [inspect.getdoc(preset), "", *_changes(preset())]
    elif _RUN_DIR.value:
        lines = _describe(RunFolder(_RUN_DIR.value))
    else:
        lines = _list()
    print("\n".join(lines))


def _serve(run):
    page = demo_server.find_page()
    bundle = browser_bundle.find_or_export(run, _DATA_DIR.value)
    with demo_server.make_server(page, bundle, run.name, _PORT.value) as server:
        address = f"http://{demo_server.ADDRESS}:{server.server_port}/"
        print(f"{run.argument} is shown at {address} until Ctrl-C.", flush=True)
        webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("Stopped.")


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
