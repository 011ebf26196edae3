"""`drnet`, the command that runs all programs by name."""

import subprocess

import pytest

import keras_drnet
from keras_drnet.__main__ import COMMANDS, PROGRAMS
from tests.support.processes import run_module


def drnet(*arguments):
    return run_module("keras_drnet", *arguments)


@pytest.fixture(scope="module")
def completion():
    """What `drnet completion` prints."""
    done = drnet("completion")
    assert done.returncode == 0, done.stderr
    return done.stdout


def complete(script, *words):
    """Returns what bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in ("drnet", *words))
    done = subprocess.run(
        ["bash", "-c", f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}\n"
         '_drnet; echo "${COMPREPLY[@]}"'],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_its_help_lists_every_command(arguments):
    done = drnet(*arguments)
    assert done.returncode == 0
    for name in (*PROGRAMS, *COMMANDS):
        assert f"\n  {name} " in done.stdout


def test_its_version_is_that_of_the_package():
    assert drnet("--version").stdout == f"{keras_drnet.__version__}\n"


def test_a_command_is_its_program():
    done = drnet("train", "--preset=quick", "--run_dir=nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: Unknown preset 'quick'")
    assert "'quickstart'?" in done.stderr


@pytest.mark.parametrize("name", ["train", "on-device"])
def test_help_of_a_command_lists_its_flags(name):
    done = drnet(name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"drnet {name}" in done.stdout
    assert "--output" in done.stdout or "--preset" in done.stdout


def test_what_is_wrong_is_said_in_a_sentence():
    for arguments, sentence in (
        (["trian"], "Did you mean 'train'?"),
        (["quickstart", "--steps=3"], "expected drnet quickstart [--run_dir=folder]"),
        (["completion", "bash"], "has no arguments"),
    ):
        done = drnet(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("Error: ") and sentence in done.stderr


def test_bash_completes_commands_and_flags(completion):
    assert complete(completion, "ex") == ["export", "experiments"]
    assert complete(completion, "train", "--pre") == ["--preset="]
    assert complete(completion, "on-device", "--num") == [
        "--num_future",
        "--num_threads",
    ]
    for name in PROGRAMS:
        assert complete(completion, name, "--"), name
