"""KTH: splits, clips, archives and damaged files."""

import hashlib
import os
import pathlib
import shutil
import zipfile

import numpy as np
import pytest

from keras_drnet.config.schema import DataConfig
from keras_drnet.data.clips import BadFile
from keras_drnet.data.datasets import kth
from keras_drnet.errors import InputError
from tests.support.videos import walker, write_video

KTH_DIR = pathlib.Path(
    os.environ.get("DRNET_DATA_DIR", "../shared/data"), "kth"
).absolute()
VIDEOS = {
    "person01_walking_d1": "1-10, 14-30",
    "person16_walking_d2": "3-30",
    "person17_boxing_d1": "1-12, 13-30",
    "person21_walking_d4": "2-29",
    "person25_running_d1": "1-30",
}


def config(folder, **kwargs):
    return DataConfig(
        dataset="kth",
        data_dir=str(folder),
        image_size=32,
        **{"num_channels": 1, **kwargs},
    )


def write_list(folder, entries=VIDEOS):
    lines = [f"{name}\tframes\t{ranges}" for name, ranges in entries.items()]
    # As in the official file: a heading, and one video that does not exist.
    lines = ["Frames of the sequences", *lines, "person13_handclapping_d3\t*missing*"]
    (folder / kth.SEQUENCES).write_text("\r\n".join(lines))


def write_videos(folder, flat=False):
    for seed, name in enumerate(VIDEOS):
        target = folder if flat else folder / name.split("_")[1]
        target.mkdir(exist_ok=True)
        write_video(target / f"{name}_uncomp.avi", walker(30, seed))
    write_list(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_videos(tmp_path_factory.mktemp("kth"))


def names(reader, split):
    return [kth.AVI.search(item)[1] for item in reader.items(split)]


def test_the_two_splits_by_person(folder):
    reader = kth.KTH(config(folder, kth_split="A"))
    assert names(reader, "train") == ["person01_walking_d1", "person16_walking_d2"]
    assert len(names(reader, "test")) == 3
    reader = kth.KTH(config(folder, kth_split="B"))
    assert names(reader, "test") == ["person25_running_d1", "person21_walking_d4"]
    assert not set(reader.items("train")) & set(reader.items("test"))


def test_only_chosen_actions_and_people_are_listed(folder):
    reader = kth.KTH(config(folder, actions="walking, boxing", people="16,17,25"))
    assert names(reader, "train") == ["person17_boxing_d1", "person16_walking_d2"]
    assert names(reader, "test") == []


def test_clips_are_the_listed_frames(folder):
    reader = kth.KTH(config(folder))
    first, second = reader.read("walking/person01_walking_d1_uncomp.avi")
    assert (first.name, second.name) == (
        "person01_walking_d1/1",
        "person01_walking_d1/2",
    )
    assert first.labels == {"person": "01", "action": "walking", "scenario": "d1"}
    assert first.frames.shape == (10, 32, 32, 1) and len(second.frames) == 17
    video = kth.read_video(
        str(folder / "walking/person01_walking_d1_uncomp.avi"), 32, 1
    )
    np.testing.assert_array_equal(first.frames, video[0:10])
    np.testing.assert_array_equal(second.frames, video[13:30])


def test_flat_and_nested_layouts_give_the_same_clips(folder, tmp_path):
    flat = kth.KTH(config(write_videos(tmp_path, flat=True)))
    nested = kth.KTH(config(folder))
    for split in ("train", "test"):
        assert sorted(names(flat, split)) == sorted(names(nested, split))
    a = flat.read("person01_walking_d1_uncomp.avi")
    b = nested.read("walking/person01_walking_d1_uncomp.avi")
    assert [c.fingerprint() for c in a] == [c.fingerprint() for c in b]


@pytest.fixture
def archive(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "walking.zip", "w") as zipped:
        for path in sorted((folder / "walking").iterdir()):
            zipped.write(path, path.name)
        zipped.writestr("../../escape.txt", "not a video")
    write_list(tmp_path)
    return tmp_path


def test_official_archives_are_read_without_unpacking(folder, archive, monkeypatch):
    sha1 = hashlib.sha1((archive / "walking.zip").read_bytes()).hexdigest()
    monkeypatch.setitem(kth.ZIP_SHA1, "walking.zip", sha1)
    before = sorted(archive.iterdir())
    reader = kth.KTH(config(archive))
    assert names(reader, "train") == ["person01_walking_d1", "person16_walking_d2"]
    (item, _) = reader.items("train")
    expected = kth.KTH(config(folder)).read("walking/person01_walking_d1_uncomp.avi")
    found = reader.read(item)
    assert [c.fingerprint() for c in found] == [c.fingerprint() for c in expected]
    assert sorted(archive.iterdir()) == before


def test_a_video_both_unpacked_and_in_an_archive_is_read_once(folder, archive):
    shutil.copytree(folder / "walking", archive / "walking")
    reader = kth.KTH(config(archive))  # The archive is not needed, so it may be any.
    assert reader.items("train") == [
        f"walking/{name}_uncomp.avi"
        for name in ("person01_walking_d1", "person16_walking_d2")
    ]


def test_an_archive_that_is_not_the_official_one_is_refused(archive):
    with pytest.raises(
        InputError, match="walking.zip is not the official.*expected a3"
    ):
        kth.KTH(config(archive)).items("train")


def test_a_broken_archive_is_named(tmp_path):
    (tmp_path / "boxing.zip").write_bytes(b"PK no archive")
    write_list(tmp_path)
    with pytest.raises(InputError, match="boxing.zip is not a readable archive"):
        kth.KTH(config(tmp_path)).items("train")


def test_missing_videos_and_lists_are_named(tmp_path):
    with pytest.raises(InputError, match="KTH needs data_dir"):
        kth.KTH(config("/does/not/exist")).items("train")
    with pytest.raises(InputError, match="KTH needs data_dir"):
        kth.KTH(config("")).items("train")
    with pytest.raises(InputError, match="no KTH video; expected personNN_"):
        kth.KTH(config(tmp_path)).items("train")
    write_videos(tmp_path, flat=True)
    (tmp_path / kth.SEQUENCES).write_text("nothing of the kind")
    with pytest.raises(InputError, match="names no frame ranges"):
        kth.KTH(config(tmp_path)).items("train")
    (tmp_path / kth.SEQUENCES).unlink()
    with pytest.raises(InputError, match="00sequences.txt is missing"):
        kth.KTH(config(tmp_path)).items("train")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("actions", "walkin", "Unknown action 'walkin'.*Did you mean 'walking'"),
        ("people", "1,26", "people names '26'; expected numbers from 1 to 25"),
        ("people", "one", "people names 'one'"),
    ],
)
def test_unknown_actions_and_people_are_named(folder, key, value, message):
    with pytest.raises(InputError, match=message):
        kth.KTH(config(folder, **{key: value})).items("train")


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        (None, "no entry in 00sequences.txt"),
        ("1-10, 40-60", "names frames 40-60, but the video has 30"),
        ("0-10", "names frames 0-10"),
        ("20-10", "names frames 20-10"),
    ],
)
def test_ranges_that_do_not_fit_the_video_are_named(tmp_path, ranges, reason):
    name = "person01_walking_d1"
    write_video(tmp_path / f"{name}_uncomp.avi", walker(30))
    write_list(
        tmp_path, {"person02_walking_d1": "1-5"} | ({name: ranges} if ranges else {})
    )
    reader = kth.KTH(config(tmp_path))
    with pytest.raises(BadFile, match=reason):
        reader.read(f"{name}_uncomp.avi")


def test_a_range_may_end_after_the_video(tmp_path):
    write_video(tmp_path / "person01_walking_d1_uncomp.avi", walker(30))
    write_list(tmp_path, {"person01_walking_d1": "11-35"})
    (clip,) = kth.KTH(config(tmp_path)).read("person01_walking_d1_uncomp.avi")
    assert len(clip.frames) == 20


def test_still_frames_at_both_ends_are_cut_off(rng):
    frames = np.full((40, 8, 8, 1), 100, np.uint8)
    frames += rng.integers(0, 2, frames.shape, np.uint8)  # A camera's noise.
    for t in range(12, 31):  # Somebody is to be seen from 12 to 30.
        frames[t, 2:7, (t // 2) % 8] = 250 if t % 2 else 10
    kept = kth.trim_still(frames)
    np.testing.assert_array_equal(kept, frames[12:31])
    np.testing.assert_array_equal(kth.trim_still(kept), kept)


@pytest.mark.skipif(not KTH_DIR.is_dir(), reason=f"needs the KTH videos in {KTH_DIR}")
def test_official_videos_give_clips_that_move_throughout():
    reader = kth.KTH(config(KTH_DIR, actions="walking", trim_still=True))
    assert len(reader.items("train")) == 40 and len(reader.items("test")) == 10
    clips = reader.read("walking/person04_walking_d1_uncomp.avi")
    assert [clip.name for clip in clips] == [
        f"person04_walking_d1/{n}" for n in (1, 2, 3, 4)
    ]
    for clip in clips:
        assert 30 < len(clip.frames) < 150
        # Somebody walks from the first frame kept to the last.
        change = np.abs(np.diff(clip.frames.astype(float), axis=0)).mean(axis=(1, 2, 3))
        assert change.min() > 0.2 * change.max()
