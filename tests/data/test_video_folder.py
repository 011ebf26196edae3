"""Folders of videos and of frames: what is found, named, split and refused."""

import os

import numpy as np
import pytest
from PIL import Image

from keras_drnet.config.schema import DataConfig
from keras_drnet.data.clips import BadFile
from keras_drnet.data.datasets import video_folder
from keras_drnet.data.datasets.video_folder import VideoFolder
from keras_drnet.errors import InputError
from tests.support.videos import walker, write_video


def reader(folder, **kwargs):
    return VideoFolder(
        DataConfig(
            dataset="video_folder",
            data_dir=str(folder),
            **{"image_size": 32, "frame_rate": 25} | kwargs,
        )
    )


def all_items(reader):
    return sorted(reader.items("train") + reader.items("test"))


def write_frames(folder, levels):
    folder.mkdir(parents=True)
    for number, level in enumerate(levels, 1):
        Image.new("RGB", (40, 30), (level, level, level)).save(
            folder / f"frame{number}.png"
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("videos")
    (root / "cats" / "old").mkdir(parents=True)
    for seed, name in enumerate(
        ["dog.mp4", "bird.WEBM", "cats/one.avi", "cats/old/two.mov", "fish.gif"]
    ):
        path = root / name
        write_video(path.with_suffix(path.suffix.lower()), walker(30, seed)).rename(
            path
        )
    write_frames(root / "frames", range(0, 240, 20))
    (root / "notes.txt").write_text("Not a video, and not called one.")
    (root / ".hidden.mp4").write_bytes(b"")
    return root


def test_every_video_and_folder_of_frames_is_found(folder):
    assert all_items(reader(folder)) == [
        "bird.WEBM",
        "cats/old/two.mov",
        "cats/one.avi",
        "dog.mp4",
        "fish.gif",
        "frames",
    ]


def test_subfolders_become_the_group_label(folder):
    (clip,) = reader(folder).read("cats/old/two.mov")
    assert clip.labels == {"group": "cats/old"}
    (clip,) = reader(folder).read("dog.mp4")
    assert clip.labels == {"group": "."} and clip.name == "dog.mp4/1"
    assert clip.frames.shape == (30, 32, 32, 3)


def test_frames_come_in_their_natural_order(folder):
    (clip,) = reader(folder).read("frames")
    np.testing.assert_array_equal(clip.frames[:, 0, 0, 0], range(0, 240, 20))


def test_videos_are_sampled_at_the_frame_rate(folder):
    (clip,) = reader(folder, frame_rate=5).read("dog.mp4")
    assert len(clip.frames) == 6


def test_a_long_video_becomes_clips_of_one_length(folder, monkeypatch):
    monkeypatch.setattr(video_folder, "MAX_CLIP_FRAMES", 12)
    clips = reader(folder).read("dog.mp4")
    assert [clip.name for clip in clips] == ["dog.mp4/1", "dog.mp4/2", "dog.mp4/3"]
    assert [len(clip.frames) for clip in clips] == [10, 10, 10]
    whole = np.concatenate([clip.frames for clip in clips])
    monkeypatch.undo()
    np.testing.assert_array_equal(whole, reader(folder).read("dog.mp4")[0].frames)


def test_the_split_depends_on_names_not_on_the_folder(folder, tmp_path):
    first = reader(folder, test_fraction=0.3)
    assert len(first.items("test")) == 2
    copy = tmp_path / "elsewhere"
    copy.symlink_to(folder, target_is_directory=True)
    assert reader(copy, test_fraction=0.3).items("test") == first.items("test")


def test_folders_called_train_and_test_are_the_split(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split / "deep").mkdir(parents=True)
        write_video(tmp_path / split / "deep" / "a.avi", walker(5))
    own = reader(tmp_path, test_fraction=0.01)
    assert own.items("train") == ["train/deep/a.avi"]
    assert own.items("test") == ["test/deep/a.avi"]


@pytest.mark.parametrize("inner", ["", "more"])
def test_images_in_folders_called_train_and_test_are_split_by_them(tmp_path, inner):
    for split in ("train", "test"):
        for folder in {tmp_path / split, tmp_path / split / inner}:
            folder.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8)).save(folder / "1.png")
    own = reader(tmp_path, test_fraction=0.01)
    for split in ("train", "test"):
        assert own.items(split) == [split, *([f"{split}/more"] if inner else [])]


def test_missing_videos_are_named(tmp_path):
    with pytest.raises(InputError, match="video_folder needs data_dir"):
        reader(tmp_path / "missing").items("train")
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(InputError, match="holds no video; expected files.*.mp4"):
        reader(tmp_path).items("train")


def test_a_folder_that_cannot_be_listed_is_a_bad_item(tmp_path, monkeypatch):
    """As root may list everything, the refusal is played."""
    (tmp_path / "locked").mkdir()
    write_video(tmp_path / "a.avi", walker(5))
    list_folder = os.scandir

    def scandir(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", scandir)
    locked = reader(tmp_path)
    assert all_items(locked) == ["a.avi", "locked"]
    with pytest.raises(BadFile, match="locked: the folder cannot be listed.*denied"):
        locked.read("locked")


def test_bad_and_single_images_are_named(tmp_path):
    write_frames(tmp_path / "single", [5])
    write_frames(tmp_path / "broken", [5, 6, 7])
    (tmp_path / "broken" / "frame2.png").write_bytes(b"no image")
    bad = reader(tmp_path)
    with pytest.raises(BadFile, match="one image; expected at least two"):
        bad.read("single")
    with pytest.raises(BadFile, match=r"frame2.png: not a readable image"):
        bad.read("broken")


@pytest.mark.parametrize(
    ("folders", "testing"),
    [
        (("Train", "Test"), {"Test"}),
        (("train", "val"), {"val"}),
        (("training", "Validation", "TEST"), {"TEST", "Validation"}),
    ],
)
def test_folders_of_splits_may_have_their_usual_names(tmp_path, folders, testing):
    for seed, name in enumerate(folders):
        (tmp_path / name).mkdir()
        write_video(tmp_path / name / "a.avi", walker(5, seed))
    own = reader(tmp_path)
    assert {item.split("/")[0] for item in own.items("test")} == testing
    assert {item.split("/")[0] for item in own.items("train")} == {*folders} - testing


def test_a_video_beside_the_folders_of_splits_is_refused(tmp_path):
    for name in ("train/a.avi", "test/a.avi", "more/a.avi"):
        (tmp_path / name).parent.mkdir()
        write_video(tmp_path / name, walker(5))
    message = r"1 videos beside them \(more/a.avi, ...\). Move them into one of train"
    with pytest.raises(InputError, match=message):
        reader(tmp_path).items("train")


@pytest.mark.parametrize("suffix", ["tif", "ppm", "pgm", "tga", "JPG", "jp2"])
def test_images_of_all_usual_kinds_are_frames(tmp_path, suffix):
    for clip in ("a", "b"):
        (tmp_path / clip).mkdir()
        for number in range(3):
            image = Image.new("L", (32, 32), 60 * number + 20)
            image.save(tmp_path / clip / f"{number}.{suffix}")
    own = reader(tmp_path)
    assert all_items(own) == ["a", "b"]
    (clip,) = own.read("a")
    levels = clip.frames[:, 16, 16, 0].astype(int)
    np.testing.assert_allclose(levels, [20, 80, 140], atol=2)


def test_what_is_passed_over_is_told(folder, tmp_path):
    assert reader(folder).passed_over == {
        "notes.txt": "its suffix is of no video or image",
        ".hidden.mp4": "hidden",
    }
    Image.new("RGB", (8, 8)).save(tmp_path / "1.png")
    with pytest.raises(InputError, match="1.png: images in no folder of their own"):
        reader(tmp_path).items("train")
    write_video(tmp_path / "a.avi", walker(5))
    assert list(reader(tmp_path).passed_over) == ["1.png"]


def test_names_may_be_any_that_the_file_system_allows(tmp_path, monkeypatch):
    names = ["12:30:00.mp4", "%d.mp4", "-i.mp4", "a b.mp4", "caf\udce9.mp4", "d\ne.mp4"]
    video = write_video(tmp_path / "a.mp4", walker(5)).read_bytes()
    (tmp_path / "data").mkdir()
    for name in names:
        with open(os.fsencode(tmp_path / "data" / name), "wb") as file:
            file.write(video)
    monkeypatch.chdir(tmp_path / "data")
    for place in (".", tmp_path / "data"):
        own = reader(place)
        assert all_items(own) == sorted(names)
        assert [len(own.read(name)[0].frames) for name in names] == [5] * len(names)
