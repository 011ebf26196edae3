"""The command `drnet`, which runs the programs of this package by name.

Usage:

    drnet train --preset=quickstart --run_dir=runs/quickstart
    drnet train --help
    drnet quickstart
    eval "$(drnet completion)"  # In ~/.bashrc or ~/.zshrc: the Tab key completes.

`python -m keras_drnet` is the same.
"""

import dataclasses
import importlib
import importlib.util
import pathlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator

from absl import flags

import keras_drnet
from keras_drnet.errors import InputError, choose
from keras_drnet.processes.child import run_child

# In a checkout that is not installed, the export is a folder beside the package.
_INSTALLED = importlib.util.find_spec("keras_drnet.export")
EXPORT = "keras_drnet.export" if _INSTALLED else "export"


@dataclasses.dataclass(frozen=True)
class Program:
    """A module with an `entry_point()`, and what it does in a sentence."""

    module: str
    summary: str

    def load(self) -> Callable[[], int | None]:
        """Import the module and return its entry point."""
        entry_point: Callable[[], int | None]
        entry_point = importlib.import_module(self.module).entry_point
        return entry_point


PROGRAMS = {
    "prepare": Program("keras_drnet.prepare", "Turn videos into shards to train from."),
    "train": Program("keras_drnet.train", "Train a run, or continue it."),
    "show": Program("keras_drnet.show", "List the presets; describe or show a run."),
    "evaluate": Program("keras_drnet.evaluate", "Measure a run on test clips."),
    "probe": Program("keras_drnet.probe", "Measure what is in content and pose."),
    "predict": Program("keras_drnet.generate_video", "Write videos of the future."),
    "draw": Program("keras_drnet.draw", "Draw the figures of the paper."),
    "report": Program("keras_drnet.report", "Write a page about runs."),
    "release": Program("keras_drnet.release", "Make a small copy of a run."),
    "export": Program(f"{EXPORT}.main", "Write SavedModel, TFLite and ONNX files."),
    "on-device": Program(f"{EXPORT}.on_device.__main__", "Predict with a TFLite file."),
    "client": Program(f"{EXPORT}.serving_client", "Predict with a TF Serving server."),
    "benchmark": Program("keras_drnet.benchmark", "Time training and data."),
    "benchmark-bundle": Program(f"{EXPORT}.benchmark", "Time the models of a bundle."),
    "experiments": Program(
        "keras_drnet.adversarial.experiments.__main__", "Run the survey's experiments."
    ),
}
QUICKSTART = """\
train --preset=quickstart --run_dir={run}
evaluate --run_dir={run}
predict --run_dir={run} --num_future=15
export --run_dir={run} --output_dir={run}/bundle
on-device --model={run}/bundle/drnet.tflite --frames={run}/bundle/examples/1 \
--num_future=500 --output={run}/generated/on_device.gif
"""
COMPLETION = """\
[ -z "$ZSH_VERSION" ] || {{ autoload -U +X bashcompinit && bashcompinit; }}
_drnet() {{
  local words="{names}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "${{COMP_WORDS[1]}}" in
{cases}
      *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -o nospace -F _drnet drnet
"""


def entry_point() -> int | None:
    """Run the program that the first argument names; return its exit code."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in ("--help", "-h", "help"):
        print(_overview())
        return None
    if name == "--version":
        print(keras_drnet.__version__)
        return None
    try:
        choose(dict.fromkeys((*PROGRAMS, *COMMANDS)), name, "command")
        if name in COMMANDS:
            return COMMANDS[name](arguments)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    sys.argv = [f"drnet {name}", *arguments]
    return PROGRAMS[name].load()()


def _overview() -> str:
    summaries = {name: program.summary for name, program in PROGRAMS.items()}
    for name, command in COMMANDS.items():
        summaries[name] = (command.__doc__ or "").partition("\n")[0]
    lines = [f"  {name:17} {summary}" for name, summary in summaries.items()]
    return "\n".join(
        [
            "Usage: drnet <command> [--flag=value ...]",
            "",
            *lines,
            "",
            "drnet <command> --help lists the flags of a command.",
        ]
    )


def _quickstart(arguments: list[str]) -> int:
    """Train on Moving MNIST, predict, evaluate, export: half an hour."""
    run = pathlib.Path("runs/quickstart")
    match arguments:
        case []:
            pass
        case [flag] if flag.startswith("--run_dir="):
            run = pathlib.Path(flag.partition("=")[2])
        case _:
            raise InputError(
                f"Unexpected {' '.join(arguments)!r}; expected drnet quickstart "
                "[--run_dir=folder]."
            )
    for line in QUICKSTART.splitlines():
        words = [word.format(run=run) for word in line.split()]
        if words[0] == "export":  # Refuses to write over what an earlier call wrote.
            shutil.rmtree(run / "bundle", ignore_errors=True)
        print(f"drnet {' '.join(words)}", flush=True)
        command = [sys.executable, "-m", "keras_drnet", *words]
        if code := run_child(command):
            return code
    print(f"Pictures: {run}/generated, {run}/evaluation, {run}/samples")
    return 0


def _completion(arguments: list[str]) -> int:
    """Print what makes the Tab key of bash or zsh complete commands and flags."""
    if arguments:
        raise InputError("drnet completion has no arguments.")
    cases = [
        f'      {name}) words="{" ".join(_flags(program))}" ;;'
        for name, program in PROGRAMS.items()
    ]
    names = " ".join([*PROGRAMS, *COMMANDS])
    print(COMPLETION.format(names=names, cases="\n".join(cases)), end="")
    return 0


def _flags(program: Program) -> Iterator[str]:
    """Import a program; yield its flags, and forget them: others have the same."""
    module = importlib.import_module(program.module)
    if hasattr(module, "make_parser"):
        yield from re.findall(r"^  (--\w+)", module.make_parser().format_help(), re.M)
    for flag in flags.FLAGS.get_key_flags_for_module(program.module):
        yield f"--{flag.name}" if flag.boolean else f"--{flag.name}="
        delattr(flags.FLAGS, flag.name)


COMMANDS = {"quickstart": _quickstart, "completion": _completion}


if __name__ == "__main__":
    sys.exit(entry_point())
