"""Preparation of shards: their content, bad files, flags, object storage."""

import json
import os
import re
import shutil
import sys

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data.load import load_dataset, load_source
from keras_drnet.data.pipeline.shards import MANIFEST
from keras_drnet.data.preparation import prepare
from keras_drnet.errors import InputError
from tests.support.paths import ROOT
from tests.support.processes import run_command
from tests.support.shards import NUM_VIDEOS, config, contents, flags, run
from tests.support.videos import walker, write_video


def test_the_manifest_lists_clips_shards_and_versions(shards, videos):
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
    assert manifest["config"]["data_dir"] == ""  # No path of this machine.
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
def test_batches_from_shards_equal_those_from_videos(shards, videos, stage):
    raw = iter(load_dataset(config(videos), "train", stage))
    stored = iter(load_dataset(config(shards), "train", stage))
    for _ in range(3):
        a, b = next(raw), next(stored)
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])


def test_a_pipeline_of_shards_resumes_at_any_batch(shards):
    whole = load_dataset(config(shards), "train").skip(2)
    rest = load_dataset(config(shards), "train", first_batch=2)
    a, b = next(iter(whole)), next(iter(rest))
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])


def test_jpeg_is_close_to_png(videos, shards, tmp_path):
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
    assert [line.split(", ")[0] for line in lines] == [
        "train: 6 clips",
        "test: 3 clips",
    ]
    assert "5/5" in result.stderr and "shard" in result.stderr
    assert contents(tmp_path / "one") == contents(shards)


def test_workers_that_write_elsewhere_are_reported(videos, tmp_path):
    def forget(make, jobs, **_):
        return ()

    with pytest.raises(InputError, match="made/train-00.* not to be seen from here"):
        prepare(config(videos).data, tmp_path / "made", executor=forget)


def test_workers_with_other_versions_are_reported(videos, tmp_path):
    def run_elsewhere(make, jobs, **_):
        make.keywords["expected_versions"]["av"] = "0.1"
        return map(make, jobs)

    with pytest.raises(InputError, match="worker on .* Install the same on all"):
        prepare(config(videos).data, tmp_path / "made", executor=run_elsewhere)


def test_what_killed_workers_left_is_removed(videos, shards, shards_copy):
    path = next(shards_copy.glob("*.tfrecord"))
    path.rename(f"{path}.1234.unfinished")
    prepare(config(videos).data, shards_copy, items_per_shard=2, num_workers=1)
    assert contents(shards_copy) == contents(shards)


def test_shards_of_other_settings_are_refused(videos, shards_copy):
    other = config(videos, "data.image_size=64")
    with pytest.raises(InputError, match="holds shards of other files or settings"):
        prepare(other.data, str(shards_copy), items_per_shard=2)
    with pytest.raises(
        InputError, match="data.image_size 32, but 64.*--override=data.image_size=32"
    ):
        load_source(config(shards_copy, "data.image_size=64"), "train")


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


def test_a_check_lists_what_would_be_made_and_writes_nothing(mixed, tmp_path):
    output = tmp_path / "made"
    shutil.copytree(mixed, tmp_path / "videos")
    for name in (".hidden.avi", "notes.txt"):
        (tmp_path / "videos" / name).write_text("no video")
    name = os.fsencode(tmp_path / "videos") + b"/caf\xe9.avi"
    write_video(tmp_path / "other.avi", walker(14, 20)).rename(os.fsdecode(name))
    videos = tmp_path / "videos"
    made = run(*flags(videos, output, "--allow_bad"))
    assert made.returncode == 0, made.stderr
    shards = contents(output)
    checked = run(*flags(videos, output, "--check"))
    assert checked.returncode == 3
    assert contents(output) == shards
    listed = re.findall(r"^(\w+): (.*\.\w+): (\d+) frames", checked.stdout, re.M)
    manifest = json.loads((output / MANIFEST).read_text())
    clips = [
        (shard["split"], clip["name"].removesuffix("/1"), str(clip["num_frames"]))
        for shard in manifest["shards"]
        for clip in shard["clips"]
        if not clip["duplicate_of"]
    ]
    assert sorted(listed) == sorted(
        (split, name.replace("\udce9", r"\udce9"), count)
        for split, name, count in clips
    )
    for split, counts in manifest["splits"].items():
        seconds = counts["frames"] / 25
        line = (
            f"{split}: {counts['clips']} clips, {counts['frames']} frames "
            f"({seconds:.1f} s)\n"
        )
        assert line in made.stdout and line in checked.stdout
    for result in (made, checked):
        assert "warning: " in result.stderr and "to train on are few" in result.stderr
    bad = [line for line in made.stderr.splitlines() if line.startswith("bad: ")]
    assert len(bad) == 5
    assert bad == [x for x in checked.stderr.splitlines() if x.startswith("bad: ")]
    assert "passed over: .hidden.avi: hidden\n" in checked.stderr
    assert "passed over: notes.txt: its suffix is of no video" in checked.stderr


def test_a_data_set_without_any_usable_file_is_refused(tmp_path):
    for name in ("a.avi", "b.avi"):
        (tmp_path / name).write_text("no video")
    result = run(*flags(tmp_path, tmp_path / "made"))
    assert result.returncode == 2
    assert "No clip of" in result.stderr and "a.avi: not a readable" in result.stderr


def test_wrong_flags_get_a_sentence(tmp_path):
    cases = [
        (["--dataset=kht"], "Unknown dataset 'kht'.*Did you mean 'kth'"),
        (["--dataset=moving_mnist"], "Unknown dataset 'moving_mnist'"),
        (["--preset=none"], "Unknown preset 'none'"),
        (["--format=gif"], "png"),
        (["--output=", "--preset=tiny"], "--output is required, or --check"),
        (["--input=/does/not/exist", "--dataset=video_folder"], "needs data_dir"),
        (["--override=data.size=3", "--preset=tiny"], "Unknown key 'data.size'"),
        (["--executor=ray", "--preset=tiny"], "should be one of <processes|dask|beam>"),
        (["--scheduler=tcp://a:1"], "--scheduler is of --executor=dask, but .*process"),
        (["--executor=dask", "--beam_options=--a"], "--beam_options is of .*=beam"),
        (["--executor=beam", "--beam_options='"], "is cut short: No closing quot"),
        (["--executor=dask", "--check"], "--check looks at .* leave --executor out"),
    ]
    for more, message in cases:
        result = run(f"--output={tmp_path}/made", *more)
        assert result.returncode == 2
        assert re.search(message, result.stderr), result.stderr
        assert "Traceback" not in result.stderr
    assert not (tmp_path / "made").exists()


def test_shards_on_object_storage_give_the_same_batches(s3, videos, shards, tmp_path):
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
        "from keras_drnet.data.load import load_dataset\n"
        "from tests.support.shards import config\n"
        "batches = [next(iter(load_dataset(config(folder), 'train')))\n"
        "           for folder in sys.argv[1:]]\n"
        "for name, frames in batches[0].items():\n"
        "    np.testing.assert_array_equal(frames, batches[1][name])\n"
        "print('the same')\n"
    )
    compared = run_command(sys.executable, script, shards, output, env=environment)
    assert compared.returncode == 0, compared.stderr
    assert "the same" in compared.stdout
    again = run(*flags(videos, output), env=environment)
    assert again.returncode == 0, again.stderr
