"""Shards: written once by any number of processes, read like what they are made of."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.config.presets import PRESETS
from keras_drnet.data.load import load_dataset, load_source
from keras_drnet.data.pipeline.shards import MANIFEST
from keras_drnet.data.preparation import prepare
from keras_drnet.errors import InputError
from tests.support.paths import ROOT
from tests.support.videos import walker, write_video

NUM_VIDEOS = 9


def config(data_dir, *overrides):
    return PRESETS["tiny"]().with_overrides(
        [
            "data.dataset=video_folder",
            f"data.data_dir={data_dir}",
            "data.frame_rate=25",
            "data.test_fraction=0.3",
            *overrides,
        ]
    )


def run(*flags, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "keras_drnet.prepare", *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **kwargs,
    )


def flags(videos, output, *more):
    return [
        "--preset=tiny",
        "--dataset=video_folder",
        "--override=data.frame_rate=25",
        "--override=data.test_fraction=0.3",
        "--items_per_shard=2",
        f"--input={videos}",
        f"--output={output}",
        *more,
    ]


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    root = tmp_path_factory.mktemp("videos")
    for seed in range(NUM_VIDEOS):
        # Large ones take long enough to be killed in the middle.
        frames = walker(12 + seed, seed, height=480, width=640)
        write_video(root / f"video{seed}.avi", frames)
    return root


@pytest.fixture(scope="module")
def shards(videos, tmp_path_factory):
    output = tmp_path_factory.mktemp("shards") / "made" / "here"
    manifest = prepare(
        config(videos).data, str(output), items_per_shard=2, num_workers=2
    )
    assert manifest == json.loads((output / MANIFEST).read_text())
    return output


def test_the_manifest_says_what_there_is(shards, videos):
    manifest = json.loads((shards / MANIFEST).read_text())
    assert manifest["splits"] == {
        "train": {
            "shards": 3,
            "clips": 6,
            "frames": manifest["splits"]["train"]["frames"],
        },
        "test": {
            "shards": 2,
            "clips": 3,
            "frames": manifest["splits"]["test"]["frames"],
        },
    }
    assert sum(s["frames"] for s in manifest["splits"].values()) == sum(
        12 + n for n in range(NUM_VIDEOS)
    )
    assert manifest["bad"] == [] and manifest["encoding"] == "png"
    assert manifest["config"]["image_size"] == 32
    assert manifest["config"]["data_dir"] == ""  # No place of this machine.
    assert {"keras_drnet", "tensorflow", "av", "PIL"} == set(manifest["versions"])
    assert sorted(p.name for p in shards.iterdir()) == sorted(
        [MANIFEST, *(shard["file"] for shard in manifest["shards"])]
    )
    for shard in manifest["shards"]:
        path = shards / shard["file"]
        assert path.stat().st_size == shard["num_bytes"]


def test_shards_are_tfrecords_that_anyone_can_read(shards):
    features = {
        "name": tf.io.FixedLenFeature([], tf.string),
        "label/group": tf.io.FixedLenFeature([], tf.string),
        "frame_rate": tf.io.FixedLenFeature([], tf.float32),
        "periodic": tf.io.FixedLenFeature([], tf.int64),
        "frames": tf.io.RaggedFeature(tf.string),
    }
    paths = sorted(map(str, shards.glob("*.tfrecord")))
    names = set()
    for record in tf.data.TFRecordDataset(paths):
        example = tf.io.parse_single_example(record, features)
        names.add(example["name"].numpy().decode())
        assert example["label/group"] == b"." and example["frame_rate"] == 25
        assert example["periodic"] == 0
        assert tf.io.decode_png(example["frames"][0]).shape == (32, 32, 3)
    assert names == {f"video{n}.avi/1" for n in range(NUM_VIDEOS)}


@pytest.mark.parametrize("stage", ["drnet", "pose"])
def test_training_sees_the_same_from_shards_as_from_videos(shards, videos, stage):
    raw = iter(load_dataset(config(videos), "train", stage))
    stored = iter(load_dataset(config(shards), "train", stage))
    for _ in range(3):
        a, b = next(raw), next(stored)
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])


def test_a_pipeline_of_shards_starts_anywhere(shards):
    whole = load_dataset(config(shards), "train").skip(2)
    rest = load_dataset(config(shards), "train", first_batch=2)
    a, b = next(iter(whole)), next(iter(rest))
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])


def test_jpeg_is_near_and_smaller(videos, shards, tmp_path):
    manifest = prepare(
        config(videos).data, str(tmp_path / "jpeg"), encoding="jpeg", num_workers=1
    )
    small = load_source(config(tmp_path / "jpeg"), "train")
    exact = load_source(config(shards), "train")
    indices = tf.range(6, dtype=tf.int64)
    times = tf.repeat(tf.range(8)[None], 6, axis=0)
    error = np.abs(small.frames(indices, times) - exact.frames(indices, times))
    assert 0 < error.mean() < 0.02
    assert manifest["encoding"] == "jpeg"


def test_the_number_of_workers_changes_nothing(videos, shards, tmp_path):
    result = run(*flags(videos, tmp_path / "one", "--workers=1"))
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()  # The progress bar goes to standard error.
    assert [line.split(" with ")[0] for line in lines] == [
        "train: 6 clips",
        "test: 3 clips",
    ]
    assert "5/5" in result.stderr and "shard" in result.stderr
    assert contents(tmp_path / "one") == contents(shards)


def wait_for(predicate, process):
    deadline = time.monotonic() + 120
    while not predicate():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_preparation_goes_on(videos, shards, tmp_path, number):
    output = tmp_path / "killed"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "keras_drnet.prepare",
            *flags(videos, output, "--workers=1"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    wait_for(lambda: list(output.glob("*.done.json")), process)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not (output / MANIFEST).exists()
    done = {
        path.with_name(path.name.removesuffix(".done.json"))
        for path in output.glob("*.done.json")
    }
    times = {path: path.stat().st_mtime_ns for path in done}
    # Whatever was being written when the process died is written again.
    result = run(*flags(videos, output))
    assert result.returncode == 0, result.stderr
    assert {path: path.stat().st_mtime_ns for path in done} == times
    assert contents(output) == contents(shards)
    assert workers_of(process.pid) == []


def heed_interrupts():
    # A shell that starts the tests in the background has them ignore SIGINT.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def workers_of(session):
    """Returns the processes that a dead one has left behind."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = subprocess.run(
            ["ps", "-o", "pid=,stat=", "-s", str(session)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        living = [line for line in found.splitlines() if " Z" not in line]
        if not living:
            break
        time.sleep(0.2)
    return living


@pytest.fixture
def copy(shards, tmp_path):
    return pathlib.Path(shutil.copytree(shards, tmp_path / "copy"))


def flip_a_byte(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_a_flipped_byte_stops_training_and_is_mended(videos, shards, copy):
    damaged = copy / "train-00001-of-00003.tfrecord"
    flip_a_byte(damaged, 2000)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{damaged} is damaged"):
        for batch in load_dataset(config(copy), "train").take(4):
            assert batch
    result = subprocess.run(
        [
            *[sys.executable, "-m", "keras_drnet.train", "--preset=tiny"],
            "--override=data.dataset=video_folder",
            "--override=data.frame_rate=25",
            "--override=data.test_fraction=0.3",
            f"--data_dir={copy}",
            f"--run_dir={copy}_run",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 2
    assert f"{damaged} is damaged: clip 'video" in result.stderr.splitlines()[-1]
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    result = run(*flags(videos, copy))
    assert result.returncode == 0, result.stderr
    assert contents(copy) == contents(shards)


def test_a_shard_that_is_gone(videos, shards, copy):
    (copy / "test-00000-of-00002.tfrecord").unlink()
    source = load_source(config(copy), "test")
    with pytest.raises(InputError, match="test-00000-of-00002.tfrecord cannot be read"):
        source.frames(tf.range(3, dtype=tf.int64), tf.zeros((3, 1), tf.int32))
    prepare(config(videos).data, str(copy), items_per_shard=2, num_workers=1)
    assert contents(copy) == contents(shards)


def test_prepared_shards_are_left_alone(videos, copy):
    times = {path: path.stat().st_mtime_ns for path in copy.glob("*.tfrecord")}
    prepare(config(videos).data, str(copy), items_per_shard=2)
    assert times == {path: path.stat().st_mtime_ns for path in copy.glob("*.tfrecord")}


def test_shards_of_other_settings_are_refused(videos, copy):
    other = config(videos, "data.image_size=64")
    with pytest.raises(InputError, match="holds shards of other files or settings"):
        prepare(other.data, str(copy), items_per_shard=2)
    with pytest.raises(
        InputError, match="data.image_size 32, but 64.*--override=data.image_size=32"
    ):
        load_source(config(copy, "data.image_size=64"), "train")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("shards"),
        lambda manifest: manifest["shards"][0].update(file="../../secret"),
        lambda manifest: manifest["shards"][0]["clips"][0].pop("offset"),
        lambda manifest: manifest["config"].update(unknown=1),
        lambda manifest: manifest.update(format=99),
    ],
)
def test_a_damaged_manifest_is_refused(copy, change):
    path = copy / MANIFEST
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="manifest.json (is damaged|has format 99)"):
        load_source(config(copy), "train")
    path.write_text(path.read_text()[:100])
    with pytest.raises(InputError, match="manifest.json is damaged.*remove it and"):
        load_source(config(copy), "train")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Good videos, and every kind of bad one."""
    root = tmp_path_factory.mktemp("mixed")
    for seed in range(4):
        write_video(root / f"good{seed}.avi", walker(12, seed, height=99, width=131))
    write_video(
        root / "variable.mov", walker(10), ticks=[0, 1, 3, 4, 8, 9, 10, 12, 13, 14]
    )
    whole = write_video(root / "cut.avi", walker(60, 9))
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (root / "empty.mp4").write_bytes(b"")
    (root / "text.avi").write_text("This is not a video.")
    write_video(root / "one_frame.avi", walker(1))
    shutil.copy(root / "good2.avi", root / "twin.avi")
    return root


BAD = {
    "cut.avi": "cut short",
    "empty.mp4": "not a readable video",
    "text.avi": "not a readable video",
    "one_frame.avi": "it has one frame",
}


def test_bad_files_are_listed_and_the_rest_is_made(mixed, tmp_path):
    output = tmp_path / "made"
    result = run(*flags(mixed, output, "--workers=1"))
    assert result.returncode == 3, result.stderr
    manifest = json.loads((output / MANIFEST).read_text())
    reasons = {entry["file"]: entry["reason"] for entry in manifest["bad"]}
    (twin,) = set(reasons) - set(BAD)
    assert twin in ("good2.avi/1", "twin.avi/1") and "duplicate" in reasons[twin]
    for name, reason in BAD.items():
        assert reason in reasons[name]
        assert f"bad: {name}: " in result.stderr
    assert "5 files or clips were left out" in result.stderr
    assert sum(split["clips"] for split in manifest["splits"].values()) == 5
    kept = [
        name for s in ("train", "test") for name in load_source(config(output), s).names
    ]
    assert len(kept) == len(set(kept)) == 5 and twin not in kept
    again = run(*flags(mixed, output, "--allow_bad"))
    assert again.returncode == 0, again.stderr
    assert again.stderr.count("bad: ") == 5
    mended = shutil.copytree(mixed, tmp_path / "mended")
    write_video(mended / "cut.avi", walker(60, 9))
    result = run(*flags(mended, output, "--allow_bad"))
    assert "cut.avi" not in result.stderr and result.stderr.count("bad: ") == 4


def test_nothing_can_be_used(tmp_path):
    for name in ("a.avi", "b.avi"):
        (tmp_path / name).write_text("no video")
    result = run(*flags(tmp_path, tmp_path / "made"))
    assert result.returncode == 2
    assert "No clip of" in result.stderr and "a.avi: not a readable" in result.stderr


def test_a_full_disk_loses_nothing_that_was_made(videos, shards, tmp_path):
    output = tmp_path / "full"
    result = run(*flags(videos, output, "--workers=1"), preexec_fn=limit_file_size)
    assert result.returncode == 2
    assert "cannot be written" in result.stderr.splitlines()[-1]
    assert not list(output.glob("*.unfinished"))
    assert not list(output.glob("*.tfrecord"))
    result = run(*flags(videos, output))
    assert result.returncode == 0
    assert contents(output) == contents(shards)


def limit_file_size():
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--dataset=kht"], "Unknown dataset 'kht'.*Did you mean 'kth'"),
        (["--dataset=moving_mnist"], "Unknown dataset 'moving_mnist'"),
        (["--preset=none"], "Unknown preset 'none'"),
        (["--format=gif"], "png"),
        (["--input=/does/not/exist", "--dataset=video_folder"], "needs data_dir"),
        (["--override=data.size=3", "--preset=tiny"], "Unknown key 'data.size'"),
    ],
)
def test_wrong_flags_get_a_sentence(tmp_path, more, message):
    import re

    result = run(f"--output={tmp_path}/made", *more)
    assert result.returncode == 2
    assert re.search(message, result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "made").exists()


def test_shards_on_object_storage(s3, videos, shards, tmp_path):
    """Prepared to a server, trained from it, the same as from a disk."""
    environment = os.environ | s3.environment
    output = f"s3://{s3.bucket}/made/here"
    result = run(*flags(videos, output, "--workers=2"), env=environment)
    assert result.returncode == 0, result.stderr
    script = tmp_path / "compare.py"
    script.write_text(
        "import sys\n"
        "import numpy as np\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.data.test_preparation import config, load_dataset\n"
        "batches = [next(iter(load_dataset(config(folder), 'train')))\n"
        "           for folder in sys.argv[1:]]\n"
        "for name, frames in batches[0].items():\n"
        "    np.testing.assert_array_equal(frames, batches[1][name])\n"
        "print('the same')\n"
    )
    compared = subprocess.run(
        [sys.executable, script, shards, output],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert compared.returncode == 0, compared.stderr
    assert "the same" in compared.stdout
    again = run(*flags(videos, output), env=environment)
    assert again.returncode == 0, again.stderr
