"""Training as processes that are killed, interrupted and continued."""

import json
import resource
import shutil
import signal

import pytest

from tests.support.processes import (
    TIMEOUT,
    checkpoint,
    checksums,
    start_training,
    train,
    wait_for,
)

# One worker trains the run for all.
pytestmark = pytest.mark.xdist_group("train")
# With an average of the weights and dropout, as two more things to be restored.
FLAGS = [
    "--preset=tiny",
    "--override=drnet.average_momentum=0.9",
    "--override=model.lstm_dropout=0.3",
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    run_dir = tmp_path_factory.mktemp("run") / "trained"
    result = train(run_dir, *FLAGS)
    assert result.returncode == 0, result.stderr
    return run_dir


def test_training_writes_config_samples_and_logs(trained):
    config = json.loads((trained / "config.json").read_text())
    assert config["model"]["pose_dim"] == 4
    for stage, epochs in (("drnet", 3), ("pose", 2)):
        images = sorted((trained / "samples" / stage).iterdir())
        assert [p.name for p in images] == [
            f"epoch_{n:04d}.png" for n in range(1, epochs + 1)
        ]
        assert list((trained / "logs" / stage).rglob("events.out.tfevents.*"))


def test_a_run_killed_three_times_ends_with_the_same_weights(trained, tmp_path):
    run_dir = tmp_path / "killed"
    for stage, step in (("drnet", 4), ("drnet", 8), ("pose", 3)):
        process = start_training(run_dir, *FLAGS)
        wait_for(process, checkpoint(run_dir, stage, step))
        process.kill()
        process.communicate()
    assert train(run_dir).returncode == 0
    assert checksums(run_dir) == checksums(trained)


def test_several_steps_at_once_are_the_same_steps(tmp_path):
    flags = [*FLAGS, "--override=drnet.average_momentum=0"]  # Of single steps.
    flags += ["--override=pose.steps_per_epoch=4"]
    run_dir = tmp_path / "single"
    assert train(run_dir, *flags).returncode == 0
    process = start_training(tmp_path / "run", *flags)
    wait_for(process, checkpoint(tmp_path / "run", "drnet", 4))
    process.send_signal(signal.SIGTERM)  # Perhaps in the middle of an execution.
    process.communicate()
    completed = train(tmp_path / "run", "--steps_per_execution=4")
    assert completed.returncode == 0, completed.stderr
    for stage, step in (("drnet", 12), ("pose", 8)):
        paths = [checkpoint(one, stage, step) for one in (run_dir, tmp_path / "run")]
        files, own = (json.loads(path.read_text())["files"] for path in paths)
        assert own == files


def test_executions_that_do_not_fill_an_epoch_are_refused(tmp_path):
    completed = train(tmp_path / "run", *FLAGS, "--steps_per_execution=3")
    assert completed.returncode == 2
    assert completed.stderr.splitlines()[-1] == (
        "Error: steps_per_execution is 3; expected a divisor of "
        "drnet.steps_per_epoch, 4."
    )


# Both signals have the same handler.
@pytest.mark.parametrize(
    "number",
    [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)],
)
def test_an_interrupted_run_saves_and_can_be_continued(trained, tmp_path, number):
    run_dir = tmp_path / "interrupted"
    process = start_training(run_dir, *FLAGS)
    wait_for(process, checkpoint(run_dir, "drnet", 4))
    process.send_signal(signal.SIGSTOP)
    second = train(run_dir)
    assert second.returncode == 2
    assert f"is being written by process {process.pid} on" in second.stderr
    process.send_signal(signal.SIGCONT)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130
    assert "stopped and saved at step" in stderr
    saved = int(stderr.split("saved at step ")[1].split()[0])
    assert checkpoint(run_dir, "drnet", saved).exists()
    assert train(run_dir).returncode == 0
    assert checksums(run_dir) == checksums(trained)


def test_training_a_finished_run_changes_nothing(trained):
    before = checksums(trained)
    assert train(trained).returncode == 0
    assert checksums(trained) == before


def test_a_damaged_checkpoint_is_reported_and_trained_again(trained, tmp_path):
    run_dir = tmp_path / "damaged"
    shutil.copytree(trained, run_dir)
    weights = run_dir / "pose" / "step_00000006" / "pose_lstm.npz"
    weights.write_bytes(weights.read_bytes()[:1000])
    result = train(run_dir)
    assert result.returncode == 0
    assert "step_00000006 is damaged: pose_lstm.npz has 1000" in result.stderr
    assert checksums(run_dir) == checksums(trained)


def test_a_run_with_another_configuration_is_not_changed(trained):
    before = checksums(trained)
    result = train(trained, *FLAGS, "--override=drnet.batch_size=8")
    assert result.returncode == 2
    assert "drnet.batch_size is 4 there, 8 was asked for" in result.stderr
    assert checksums(trained) == before


def test_a_folder_that_cannot_be_written_is_reported(tmp_path):
    result = train("/proc/run", "--preset=tiny")
    assert result.returncode == 2
    assert "Cannot create the run folder /proc/run" in result.stderr


def test_a_full_disk_stops_training_and_loses_nothing(trained, tmp_path):
    """A file size limit makes real writes fail, as a full disk does."""
    run_dir = tmp_path / "full"
    shutil.copytree(trained, run_dir)
    shutil.rmtree(run_dir / "pose")
    shutil.rmtree(run_dir / "drnet" / "step_00000012")

    def limit_file_size():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    result = train(run_dir, "--stage=drnet", preexec_fn=limit_file_size)
    assert result.returncode == 2
    assert "Cannot write the checkpoint" in result.stderr
    assert "Traceback" not in result.stderr
    assert checkpoint(run_dir, "drnet", 8).exists()
    assert train(run_dir, "--stage=drnet").returncode == 0
    one, two = (
        json.loads(checkpoint(folder, "drnet", 12).read_text())["files"]
        for folder in (run_dir, trained)
    )
    assert one == two


def test_a_nan_loss_stops_training_and_is_reported_with_its_step(tmp_path):
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
