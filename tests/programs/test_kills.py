"""Programs killed at random moments, again and again, end as if they had not been.

`make torture` kills each of them 20 times.
"""

import os
import random
import shutil
import subprocess
import sys
import time

import pytest

from tests.support.paths import ROOT
from tests.support.processes import living_processes
from tests.support.videos import walker, write_video

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("KILLS", 3))
SEED = int(os.environ.get("SEED", 0))
SUFFIXES = {".json", ".npz", ".png", ".tflite", ".tfrecord"}
TRAINING = [
    *("keras_drnet.train", "--preset=tiny", "--override=drnet.average_momentum=0.9"),
    *("--override=joint.epochs=1", "--override=joint.steps_per_epoch=2"),
    *("--override=rollout.epochs=1", "--override=rollout.steps_per_epoch=2"),
    "--override=rollout.rollout_length=10",
]
PREPARATION = [
    *("keras_drnet.prepare", "--preset=tiny", "--dataset=video_folder", "--workers=2"),
    *("--override=data.frame_rate=25", "--items_per_shard=2"),
]


def start(command):
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(command):
    """Runs a command to its end; returns the seconds that it took."""
    begin = time.monotonic()
    process = start(command)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    return time.monotonic() - begin


def contents(folder, timed):
    """Returns the files of a folder, all but those that tell the time."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in SUFFIXES and path.name not in timed
    }


def check_kills(command, output, timed=()):
    """Kills a command `KILLS` times on its ways to the end; fails if an end differs."""
    moments = random.Random(SEED)
    seconds = finish(command)
    expected = contents(output, timed)
    assert expected
    kills = 0
    while kills < KILLS:
        shutil.rmtree(output)
        has_ended = False
        while not has_ended and kills < KILLS:
            process, moment = start(command), moments.uniform(0, seconds)
            try:
                _, errors = process.communicate(timeout=moment)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
                left = living_processes(process.pid)
                assert not left, f"kill {kills}, after {moment:.2f} s, left {left}"
            else:
                assert process.returncode == 0, f"after {kills} kills: {errors}"
                has_ended = True
        if not has_ended:
            finish(command)
        found = contents(output, timed)
        unmatched = sorted(found.keys() ^ expected.keys())
        assert not unmatched, f"after {kills} kills"
        differing = [name for name in found if found[name] != expected[name]]
        assert not differing, f"after {kills} kills"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "trained"
    finish([*TRAINING, f"--run_dir={path}"])
    return path


def test_training(tmp_path):
    output = tmp_path / "run"
    check_kills([*TRAINING, f"--run_dir={output}"], output, {"checkpoint.json"})


def test_preparation(tmp_path):
    videos, output = tmp_path / "videos", tmp_path / "shards"
    videos.mkdir()
    for seed in range(9):
        frames = walker(20, seed, height=480, width=640)
        write_video(videos / f"{seed}.avi", frames)
    check_kills([*PREPARATION, f"--input={videos}", f"--output={output}"], output)


def test_export(run_dir, tmp_path):
    """Not as ONNX, whose converter numbers nodes differently each time."""
    output = tmp_path / "bundle"
    command = [
        *("export.main", f"--run_dir={run_dir}", f"--output_dir={output}", "--force"),
        *("--formats=tflite", "--quantize=none,int8"),
    ]
    check_kills(command, output, {"manifest.json"})
