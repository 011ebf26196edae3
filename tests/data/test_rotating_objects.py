"""Rotating objects: each layout of folders, and none."""

import json
import os
import pathlib

import numpy as np
import pytest
from PIL import Image

from keras_drnet.config.schema import DataConfig
from keras_drnet.data.clips import BadFile
from keras_drnet.data.datasets.rotating_objects import RotatingObjects
from keras_drnet.data.meshes.mesh_renderer import AZIMUTHS, ELEVATIONS
from keras_drnet.errors import InputError
from tests.support.paths import ROOT

DATA_DIR = ROOT / os.environ.get("DRNET_DATA_DIR", "../shared/data")
# A post that lies to the back (z < 0) unless it is turned upright.
POST = """v -1 -1 0
v 1 -1 0
v 1 1 0
v -1 1 0
v -1 -1 -8
v 1 -1 -8
v 1 1 -8
v -1 1 -8
f 1 2 3 4
f 5 6 7 8
f 1 2 6 5
f 2 3 7 6
f 3 4 8 7
f 4 1 5 8
"""
UPRIGHT = "1 0 0 0 0 -1 0 1 0"


def reader(data_dir="", **options):
    options = {"image_size": 32, "test_fraction": 0.25} | options
    return RotatingObjects(DataConfig(data_dir=str(data_dir), **options))


def write_image(path, level):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 20), (level, 0, 0)).save(path)


@pytest.fixture
def coil(tmp_path):
    for number in (1, 2, 10):
        for degrees in range(0, 360, 5):
            write_image(tmp_path / f"obj{number}__{degrees}.png", degrees // 5 + number)
    return tmp_path


@pytest.fixture
def suncg(tmp_path):
    for name in ("oak", "elm"):
        for elevation in ("-0.25", "1.25"):
            folder = tmp_path / "single_object" / name / f"elevation_{elevation}"
            for number in range(1, 37):
                write_image(folder / f"p200-64_{number}.png", number)
    return tmp_path


@pytest.fixture
def meshes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "post.obj").write_text(POST)
    entries = [
        {"model": "one/post.obj", "model_rotation": UPRIGHT},
        {"model": "two/post.obj", "model_rotation": None},
    ]
    (tmp_path / "catalogue.json").write_text(json.dumps(entries))
    return tmp_path


def test_coil_clips_are_whole_turns_in_order(coil):
    (clip,) = reader(coil).read("obj10")
    assert (clip.name, clip.labels, clip.periodic) == (
        "obj10",
        {"object": "obj10"},
        True,
    )
    assert clip.frames.shape == (72, 32, 32, 3) and clip.frames.dtype == np.uint8
    np.testing.assert_array_equal(clip.frames[:, 0, 0, 0], np.arange(72) + 10)


def test_missing_and_broken_views_are_named(coil):
    (coil / "obj1__35.png").unlink()
    (coil / "obj1__355.png").unlink()
    with pytest.raises(BadFile, match=r"obj1__.*2 of 72 views are missing: 35, 355"):
        reader(coil).read("obj1")
    broken = coil / "obj2__90.png"
    broken.write_bytes(broken.read_bytes()[:40])
    with pytest.raises(BadFile, match="obj2__90.png: not a readable image"):
        reader(coil).read("obj2")
    assert len(reader(coil).read("obj10")) == 1


def test_suncg_has_a_clip_for_each_elevation(suncg):
    clips = reader(suncg, num_channels=1).read("single_object/oak")
    assert [clip.labels for clip in clips] == [
        {"object": "single_object/oak", "elevation": e} for e in ("-0.25", "1.25")
    ]
    assert clips[0].name == "single_object/oak/elevation_-0.25"
    assert all(clip.periodic and clip.frames.shape == (36, 32, 32, 1) for clip in clips)
    assert (np.diff(clips[0].frames[:, 0, 0, 0].astype(int)) >= 0).all()
    (suncg / "single_object/oak/elevation_1.25/p200-64_36.png").unlink()
    with pytest.raises(BadFile, match="elevation_1.25: 1 of 36 views are missing: 36"):
        reader(suncg).read("single_object/oak")


@pytest.mark.opengl
def test_meshes_are_rendered_upright(meshes):
    source = reader(meshes)
    assert {*source.items("train"), *source.items("test")} == {"one/post", "two/post"}
    upright, lying = source.read("one/post"), source.read("two/post")
    assert len(upright) == len(lying) == len(ELEVATIONS)
    for clip, elevation in zip(upright, ELEVATIONS, strict=True):
        assert clip.name == f"one/post/elevation_{elevation}"
        assert clip.labels == {"object": "one/post", "elevation": str(elevation)}
        assert clip.periodic and clip.frames.shape == (len(AZIMUTHS), 32, 32, 3)
    for clips, is_tall in ((upright, True), (lying, False)):
        side = clips[0].frames[AZIMUTHS.index(90)].min(axis=-1) < 255
        height, width = side.any(axis=1).sum(), side.any(axis=0).sum()
        assert (height > 2 * width) == is_tall and (width > 2 * height) != is_tall


@pytest.mark.opengl
def test_a_broken_mesh_does_not_stop_the_others(meshes):
    (meshes / "two" / "post.obj").write_text(POST[:30])
    source = reader(meshes)
    with pytest.raises(BadFile, match=r"two/post\.obj: line 4, .*damaged"):
        source.read("two/post")
    assert len(source.read("one/post")) == len(ELEVATIONS)


@pytest.mark.parametrize(
    "catalogue",
    [
        "[{",
        "{}",
        "[1]",
        "[" * 10**5,
        '[{"name": "Chair"}]',
        '[{"model": "../../secret.obj"}]',
        '[{"model": "/etc/hostname"}]',
        '[{"model": "one/post.obj", "model_rotation": "1 0 0"}]',
        '[{"model": "one/post.obj", "model_rotation": "1 0 0 0 2 0 0 0 1"}]',
        '[{"model": "one/post.obj", "model_rotation": {"x": 1}}]',
    ],
)
def test_damaged_catalogs_are_refused(meshes, catalogue):
    (meshes / "catalogue.json").write_text(catalogue)
    with pytest.raises(InputError, match="not a catalogue of meshes.*Mend it"):
        reader(meshes).items("train")


@pytest.mark.opengl
def test_chairs_are_generated_without_a_folder():
    source = reader(num_objects=8)
    assert sorted(source.items("train") + source.items("test")) == [
        f"chair_000{n}" for n in range(8)
    ]
    clips = source.read("chair_0003")
    assert [clip.labels["elevation"] for clip in clips] == [str(e) for e in ELEVATIONS]
    assert clips[2].name == f"chair_0003/elevation_{ELEVATIONS[2]}"
    frames = np.stack([clip.frames for clip in clips])
    assert frames.shape == (len(ELEVATIONS), len(AZIMUTHS), 32, 32, 3)
    assert (frames[:, 1:] != frames[:, :-1]).any(axis=(2, 3, 4)).all()
    (gray, *_) = reader(num_objects=8, num_channels=1).read("chair_0003")
    assert gray.frames.shape == (len(AZIMUTHS), 32, 32, 1)


def test_splits_share_no_object(coil):
    for source in (reader(num_objects=40), reader(coil)):
        train, test = source.items("train"), source.items("test")
        assert train == sorted(train) and test == sorted(test)
        assert not set(train) & set(test)
        assert source.items("test") == test
    assert len(reader(num_objects=40).items("test")) == 10


def test_unknown_and_empty_splits_are_refused():
    with pytest.raises(InputError, match="Unknown split 'val'"):
        reader().items("val")
    with pytest.raises(InputError, match="at least 2"):
        reader(num_objects=1).items("train")


def test_folders_without_objects_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("obj1__0.png")
    with pytest.raises(InputError, match="COIL-100 .*SUNCG.*meshes"):
        reader(tmp_path).items("train")
    for path in (tmp_path / "gone", tmp_path / "notes.txt"):
        with pytest.raises(InputError, match="cannot be read .*expected a folder"):
            reader(path).items("train")


def test_unreadable_folders_are_refused(coil, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(pathlib.Path, "iterdir", refuse)
    with pytest.raises(InputError, match="cannot be read .Permission denied"):
        reader(coil).items("train")


@pytest.mark.skipif(
    not (DATA_DIR / "coil-100").is_dir(), reason=f"needs {DATA_DIR / 'coil-100'}"
)
def test_coil_100_turns_close():
    source = reader(DATA_DIR / "coil-100", image_size=64)
    assert len(source.items("train")) > len(source.items("test")) > 0
    (clip,) = source.read("obj1")
    frames = clip.frames.astype(int)
    neighbors = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    closing = np.abs(frames[-1] - frames[0]).mean()
    assert closing < 2 * neighbors.max()


@pytest.mark.opengl
@pytest.mark.skipif(
    not (DATA_DIR / "chairs").is_dir(), reason=f"needs {DATA_DIR / 'chairs'}"
)
def test_sweet_home_chairs_stand_upright():
    folder = DATA_DIR / "chairs"
    turned = [
        pathlib.Path(entry["model"]).with_suffix("").as_posix()
        for entry in json.loads((folder / "catalogue.json").read_text())
        if entry["model_rotation"]
        # Deck chairs are longer than high.
        and float(entry["height_cm"]) > 1.2 * float(entry["width_cm"])
    ]
    assert turned
    source = reader(folder)
    for item in turned:
        front = source.read(item)[0].frames[0].min(axis=-1) < 250
        assert front.any(axis=1).sum() > front.any(axis=0).sum(), item
