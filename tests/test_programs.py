"""The programs as a user runs them: processes, files, signals, exit codes."""

import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.support.paths import ROOT

TIMEOUT = 300
LAST = {"drnet": 12, "pose": 6}  # Steps of the tiny preset.


def command(program, *flags):
    return [sys.executable, "-m", f"keras_drnet.{program}", *map(str, flags)]


def run(program, *flags, **kwargs):
    return subprocess.run(
        command(program, *flags),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        **kwargs,
    )


def train(run_dir, *flags, **kwargs):
    return run("train", f"--run_dir={run_dir}", *flags, **kwargs)


def start(run_dir, *flags):
    return subprocess.Popen(
        command("train", f"--run_dir={run_dir}", *flags),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process, path):
    """Waits until a file is there, or fails with what the process said."""
    deadline = time.monotonic() + TIMEOUT
    while not path.exists():
        if process.poll() is not None:
            pytest.fail(f"ended with {process.returncode}: {process.stderr.read()}")
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)


def checkpoint(run_dir, stage, step):
    return run_dir / stage / f"step_{step:08d}" / "checkpoint.json"


def checksums(run_dir):
    return {
        (stage, name): entry["sha256"]
        for stage, step in LAST.items()
        for name, entry in json.loads(checkpoint(run_dir, stage, step).read_text())[
            "files"
        ].items()
    }


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    run_dir = tmp_path_factory.mktemp("run") / "trained"
    result = train(run_dir, "--preset=tiny")
    assert result.returncode == 0, result.stderr
    return run_dir


def test_training_leaves_a_folder_that_explains_itself(trained):
    config = json.loads((trained / "config.json").read_text())
    assert config["model"]["pose_dim"] == 4
    for stage, epochs in (("drnet", 3), ("pose", 2)):
        pictures = sorted((trained / "samples" / stage).iterdir())
        assert [p.name for p in pictures] == [
            f"epoch_{n:04d}.png" for n in range(1, epochs + 1)
        ]
        assert list((trained / "logs" / stage).rglob("events.out.tfevents.*"))


def test_a_run_killed_three_times_ends_with_the_same_weights(trained, tmp_path):
    run_dir = tmp_path / "killed"
    for stage, step in (("drnet", 4), ("drnet", 8), ("pose", 3)):
        process = start(run_dir, "--preset=tiny")
        wait_for(process, checkpoint(run_dir, stage, step))
        process.kill()
        process.communicate()
    assert train(run_dir).returncode == 0
    assert checksums(run_dir) == checksums(trained)


# Both signals have one handler.
@pytest.mark.parametrize(
    "number",
    [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)],
)
def test_an_interrupted_run_saves_and_goes_on(trained, tmp_path, number):
    run_dir = tmp_path / "interrupted"
    process = start(run_dir, "--preset=tiny")
    wait_for(process, checkpoint(run_dir, "drnet", 4))
    process.send_signal(number)
    _, stderr = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130
    assert "stopped and saved at step" in stderr
    saved = int(stderr.split("saved at step ")[1].split()[0])
    assert checkpoint(run_dir, "drnet", saved).exists()
    assert train(run_dir).returncode == 0
    assert checksums(run_dir) == checksums(trained)


def test_an_average_of_the_weights_is_resumed_too(tmp_path):
    flags = [
        "--preset=tiny",
        "--stage=drnet",
        "--override=drnet.average_momentum=0.9",
    ]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert train(whole, *flags).returncode == 0
    process = start(killed, *flags)
    wait_for(process, checkpoint(killed, "drnet", 8))
    process.kill()
    process.communicate()
    assert train(killed, *flags).returncode == 0
    names = ("decoder.npz", "state.npz")
    one, two = (
        json.loads(checkpoint(folder, "drnet", 12).read_text())["files"]
        for folder in (whole, killed)
    )
    assert [one[name] for name in names] == [two[name] for name in names]


def test_a_finished_run_has_nothing_left_to_do(trained):
    before = checksums(trained)
    assert train(trained).returncode == 0
    assert checksums(trained) == before


def test_a_damaged_checkpoint_is_named_and_trained_again(trained, tmp_path):
    run_dir = tmp_path / "damaged"
    shutil.copytree(trained, run_dir)
    weights = run_dir / "pose" / "step_00000006" / "pose_lstm.npz"
    weights.write_bytes(weights.read_bytes()[:1000])
    result = train(run_dir)
    assert result.returncode == 0
    assert "step_00000006 is damaged: pose_lstm.npz has 1000" in result.stderr
    assert checksums(run_dir) == checksums(trained)


def test_generation_and_evaluation_need_nothing_but_the_run(trained):
    result = run("generate_video", f"--run_dir={trained}", "--num_future=500")
    assert result.returncode == 0, result.stderr
    written = [pathlib.Path(line) for line in result.stdout.split()]
    assert [path.suffix for path in written] == [".gif", ".mp4", ".png"]
    assert all(path.stat().st_size > 500 for path in written)

    result = run("evaluate", f"--run_dir={trained}", "--num_clips=6")
    assert result.returncode == 0, result.stderr
    folder = trained / "evaluation"
    metrics = json.loads((folder / "metrics.json").read_text())
    assert set(metrics["prediction"]) == {"drnet", "copy_last_frame", "mean_frame"}
    for values in metrics["prediction"].values():
        assert len(values["psnr"]) == len(values["ssim"]) == 15
        assert all(0 < value <= 60 for value in values["psnr"])
    assert metrics["reconstruction_mse"] > 0
    assert 0 <= metrics["scene_accuracy"] <= 1
    assert {p.name for p in folder.iterdir()} == {
        "metrics.json",
        "prediction.png",
        "clips.png",
        "swap.png",
    }


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


@pytest.mark.parametrize("name", BAD_FLAGS)
def test_bad_flags_get_one_sentence_and_exit_code_2(tmp_path, name):
    flags, message = BAD_FLAGS[name]
    result = train(tmp_path / "new", *flags)
    assert result.returncode == 2
    assert message in result.stderr
    errors = result.stderr.split("Error: ")
    assert len(errors) == 2 and "Traceback" not in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_run_of_another_configuration_is_left_alone(trained):
    before = checksums(trained)
    result = train(trained, "--preset=tiny", "--override=drnet.batch_size=8")
    assert result.returncode == 2
    assert "drnet.batch_size is 4 there, 8 was asked for" in result.stderr
    assert checksums(trained) == before


@pytest.mark.parametrize("program", ["generate_video", "evaluate"])
def test_a_folder_without_a_run_is_named(tmp_path, program):
    result = run(program, f"--run_dir={tmp_path}")
    assert result.returncode == 2
    assert "is not a run folder" in result.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    result = train("/proc/run", "--preset=tiny")
    assert result.returncode == 2
    assert "Cannot create the run folder /proc/run" in result.stderr


def test_a_full_disk_stops_training_and_loses_nothing(tmp_path):
    """A file size limit makes real writes fail, as a full disk does."""
    run_dir = tmp_path / "full"
    process = start(run_dir, "--preset=tiny", "--stage=drnet")
    wait_for(process, checkpoint(run_dir, "drnet", 4))
    process.kill()
    process.communicate()

    def limit_file_size():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    result = train(run_dir, "--stage=drnet", preexec_fn=limit_file_size)
    assert result.returncode == 2
    assert "Cannot write the checkpoint" in result.stderr
    assert "Traceback" not in result.stderr
    assert checkpoint(run_dir, "drnet", 4).exists()
    assert train(run_dir, "--stage=drnet").returncode == 0


def test_nan_stops_the_run_and_names_loss_and_step(tmp_path):
    result = train(
        tmp_path / "nan",
        "--preset=tiny",
        "--stage=drnet",
        "--override=drnet.learning_rate=1e38",
    )
    assert result.returncode == 2
    assert "became nan at step" in result.stderr


def test_stage_2_needs_the_end_of_stage_1(tmp_path):
    result = train(tmp_path / "run", "--preset=tiny", "--stage=pose")
    assert result.returncode == 2
    assert "has 0 of 12 steps" in result.stderr
    result = train(tmp_path / "run", "--stage=mcnet")
    assert result.returncode == 2
    assert "Unknown stage of this run 'mcnet'" in result.stderr


@pytest.mark.parametrize("version", ["missing", "(3, 10)", "(3, 14)"])
def test_make_names_the_python_that_it_needs(tmp_path, version):
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    if version != "missing":
        patch = f"import sys; sys.version_info = {version}"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{patch}\n$2"\n')
        python.chmod(0o755)
    result = subprocess.run(
        ["make", "lint", f"PYTHON={python}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "keras_drnet needs Python 3.11" in result.stderr
    assert not (tmp_path / ".venv").exists()


def test_importing_the_package_loads_no_framework():
    code = (
        "import sys, keras_drnet;"
        "assert not {'tensorflow', 'keras'} & set(sys.modules);"
        "assert 'DrNet' in dir(keras_drnet) or keras_drnet.__all__"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.slow
def test_quickstart_beats_both_baselines(tmp_path):
    run_dir = tmp_path / "quickstart"
    environment = os.environ | {"RUN_DIR": str(run_dir)}
    subprocess.run(
        ["make", "quickstart", f"RUN_DIR={run_dir}"],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=3600,
    )
    metrics = json.loads((run_dir / "evaluation" / "metrics.json").read_text())
    at_10 = {name: m["psnr"][9] for name, m in metrics["prediction"].items()}
    ours = at_10.pop("drnet")
    assert ours >= max(at_10.values()) + 1.5
