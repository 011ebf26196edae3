"""Flags: what `--help` lists, and what is said of wrong ones."""

import os
import sys

import pytest

from tests.support.paths import ROOT
from tests.support.processes import run, run_command, train

BAD_FLAGS = {
    "preset": (["--preset=quick"], "Did you mean 'quickstart'?"),
    "flag": (["--preset=tiny", "--run_dri=x"], "Did you mean: run_dir"),
    "argument": (["--preset=tiny", "quickly"], "Unexpected argument 'quickly'"),
    "key": (
        ["--preset=tiny", "--override=drnet.learning_rat=1"],
        "did you mean 'learning_rate'",
    ),
    "size": (
        ["--preset=tiny", "--override=data.image_size=48"],
        "power of two from 32 to 256",
    ),
    "step": (["--preset=tiny", "--override=data.max_step=50"], "expected 3 to 7"),
    "network": (
        ["--preset=tiny", "--override=model.pose_encoder=vgg"],
        "Unknown pose encoder",
    ),
    "precision": (["--preset=tiny", "--override=precision=half"], "mixed_float16"),
    "data": (["--preset=tiny", "--data_dir=/nowhere"], "No MNIST digits in /nowhere"),
    "none": ([], "start one with --preset"),
}


@pytest.mark.parametrize("flags, message", BAD_FLAGS.values(), ids=BAD_FLAGS)
def test_bad_flags_end_with_one_sentence_and_exit_code_2(tmp_path, flags, message):
    result = train(tmp_path / "new", *flags)
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("Error: ") == 1 and "Traceback" not in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("program", ["generate_video", "evaluate"])
def test_a_folder_without_a_run_is_reported(tmp_path, program):
    result = run(program, f"--run_dir={tmp_path}")
    assert result.returncode == 2
    assert "is not a run folder" in result.stderr


def test_the_home_of_a_path_is_expanded(tmp_path):
    """A shell leaves the ~ of --flag=~/path alone: it would become a folder's name."""
    flags = ["--preset=tiny", "--run_dir=~/run", "--override=data.data_dir=~/digits"]
    result = run("train", *flags, env=os.environ | {"HOME": str(tmp_path)})
    assert result.returncode == 2
    assert f"No MNIST digits in {tmp_path}/digits" in result.stderr
    result = run(
        "release",
        "--run_dir=~/a",
        "--output_dir=b",
        "--results_only",
        env=os.environ | {"HOME": str(tmp_path)},
    )
    assert f"{tmp_path}/a is not a run folder" in result.stderr


def test_missing_flags_end_with_one_sentence_each():
    result = run("release")
    assert result.returncode == 2
    assert result.stderr == (
        "Error: --run_dir is required. --output_dir is required.\n"
    )


def test_help_lists_the_flags_of_a_program_and_the_shared_ones():
    text = run("draw", "--help").stdout
    assert text.startswith("Draws the figures of the paper")
    assert "--figure=generation \\\n" in text
    for flag in ("run_dir", "baseline", "num_future", "figure", "bank_clips"):
        assert f"--{flag}: " in text
    assert "defaults to <run_dir>/figures" in text


def test_help_of_a_console_script_is_that_of_its_program(tmp_path):
    script = tmp_path / "drnet-release"  # As pip writes it.
    script.write_text(
        "import sys\n"
        "from keras_drnet.release import entry_point\n"
        "if __name__ == '__main__':\n"
        "    sys.exit(entry_point())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    text = run_command(sys.executable, script, "--help", env=environment).stdout
    assert text.startswith(run("release", "--help").stdout.split("flags:")[0])
    for flag in ("--run_dir: ", "--output_dir: ", "--[no]results_only: "):
        assert flag in text
