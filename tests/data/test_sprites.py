"""Sprites: the published characters, motions and split, from sheets of any look."""

import os
import pathlib

import numpy as np
import pytest
from PIL import Image

from keras_drnet.config.schema import DataConfig
from keras_drnet.data.clips import BadFile
from keras_drnet.data.datasets.sprites import Sprites
from keras_drnet.errors import InputError

SPRITES_DIR = pathlib.Path(
    os.environ.get("DRNET_DATA_DIR", "../shared/data"), "sprites"
).absolute()
PARTS = ("body", "bottomwear", "topwear", "hair", "shoes")
# Cells of a sheet, row and columns, as the layout of the Liberated Pixel Cup has it:
# spellcast, thrust, walk and slash have a row each for up, left, down and right.
CELLS = {
    "walk_left": (9, [8, 1, 2, 3, 4, 5, 6, 7]),
    "walk_front": (10, [8, 1, 2, 3, 4, 5, 6, 7]),
    "walk_right": (11, [8, 1, 2, 3, 4, 5, 6, 7]),
    "spellcast_left": (1, [0, 1, 2, 3, 4, 5, 4, 6]),
    "spellcast_front": (2, [0, 1, 2, 3, 4, 5, 4, 6]),
    "spellcast_right": (3, [0, 1, 2, 3, 4, 5, 4, 6]),
    "slash_left": (13, [0, 1, 2, 3, 4, 5, 4, 0]),
    "slash_front": (14, [0, 1, 2, 3, 4, 5, 4, 0]),
    "slash_right": (15, [0, 1, 2, 3, 4, 5, 4, 0]),
}


def color(part, number, row, column):
    return 10 + 50 * part + number, 10 + row, 10 + column


def sheet(part, number):
    """Every cell has its own color, from the top down to a height of the part's.

    Of a later part less is to be seen, so that no part hides one below it.
    """
    cells = np.zeros((21, 64, 13, 64, 4), np.uint8)
    for row in range(21):
        for column in range(13):
            cells[row, : 60 - 10 * part, column, :, :3] = color(
                part, number, row, column
            )
    cells[:, : 60 - 10 * part, ..., 3] = 255
    return Image.fromarray(cells.reshape(1344, 832, 4))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Sheets of numbers 0, 1 and 5, which are enough for the characters of tests."""
    folder = tmp_path_factory.mktemp("sprites")
    for part, name in enumerate(PARTS):
        (folder / name).mkdir()
        for number in (0, 1, 5):
            sheet(part, number).save(folder / name / f"{number}.png")
    return folder


@pytest.fixture
def folder(drawn, tmp_path):
    """A copy of the sheets that a test can spoil."""
    for name in PARTS:
        (tmp_path / name).mkdir()
        for path in (drawn / name).iterdir():
            (tmp_path / name / path.name).symlink_to(path)
    return tmp_path


def reader(folder, **config):
    return Sprites(DataConfig(dataset="sprites", data_dir=str(folder), **config))


def test_every_frame_has_the_right_cells_with_all_layers_in_order(drawn):
    clips = reader(drawn).read("body1_bottom5_top0_hair1")
    names = [f"body1_bottom5_top0_hair1/{motion}" for motion in CELLS]
    assert sorted(clip.name for clip in clips) == sorted(names)
    numbers = (1, 5, 0, 1, 1)  # The last are the shoes, the same for all.
    for clip in clips:
        row, columns = CELLS[clip.name.split("/")[1]]
        assert clip.frames.shape == (8, 64, 64, 3)
        assert clip.frames.dtype == np.uint8
        for frame, column in zip(clip.frames, columns, strict=True):
            expected = np.zeros((64, 64, 3), np.uint8)
            for part, number in enumerate(numbers):
                expected[: 60 - 10 * part] = color(part, number, row, column)
            np.testing.assert_array_equal(frame, expected)


def test_half_transparent_pixels_show_what_is_below(folder):
    path = folder / "hair" / "0.png"
    path.unlink()
    Image.new("RGBA", (832, 1344), (200, 100, 0, 128)).save(path)
    (folder / "shoes" / "1.png").unlink()
    Image.new("RGBA", (832, 1344)).save(folder / "shoes" / "1.png")
    clip = reader(folder).read("body0_bottom0_top0_hair0")[0]
    below = np.array(color(2, 0, 9, 8))
    mixed = (np.array([200, 100, 0]) + below) / 2
    np.testing.assert_allclose(clip.frames[0, 0, 0], mixed, atol=1.5)


def test_labels_match_the_clip_names(drawn):
    for clip in reader(drawn).read("body1_bottom5_top0_hair1"):
        action, direction = clip.name.split("/")[1].split("_")
        assert clip.labels == {
            "body": "1",
            "bottomwear": "5",
            "topwear": "0",
            "hair": "1",
            "action": action,
            "direction": direction,
        }
        assert clip.periodic == (action == "walk")


def test_the_split_is_the_published_one(drawn):
    sprites = reader(drawn)
    train, test = sprites.items("train"), sprites.items("test")
    assert (len(train), len(test)) == (1000, 296)
    assert len({*train, *test}) == 1296
    assert train == sorted(train) and test == sorted(test)
    # In the published order these are first, 1,000th, 1,001st and last.
    assert {"body5_bottom1_top0_hair0", "body4_bottom4_top5_hair5"} < set(train)
    assert {"body4_bottom0_top3_hair2", "body5_bottom5_top0_hair2"} < set(test)
    with pytest.raises(InputError, match="Unknown split 'val'"):
        sprites.items("val")


@pytest.mark.parametrize(("image_size", "num_channels"), [(32, 3), (128, 1)])
def test_other_sizes_and_gray(drawn, image_size, num_channels):
    sprites = reader(drawn, image_size=image_size, num_channels=num_channels)
    clip = sprites.read("body0_bottom0_top0_hair0")[0]
    assert clip.frames.shape == (8, image_size, image_size, num_channels)
    assert clip.frames[:, : image_size // 8].min() > 0  # Covered by all layers,
    assert clip.frames[:, -1].max() == 0  # and by none.


def test_a_sheet_is_read_once(folder):
    sprites = reader(folder)
    before = sprites.read("body0_bottom0_top0_hair0")
    for path in folder.glob("*/0.png"):
        path.unlink()
    after = sprites.read("body0_bottom0_top0_hair0")
    np.testing.assert_array_equal(before[4].frames, after[4].frames)


SPOILERS = {
    "missing": (lambda path, content: None, "this sheet is missing"),
    "cut": (
        lambda path, content: path.write_bytes(content[: len(content) // 2]),
        "not a readable image",
    ),
    "text": (
        lambda path, content: path.write_text("<html>404</html>"),
        "not a readable image",
    ),
    "size": (
        lambda path, content: Image.new("RGBA", (832, 1343)).save(path),
        "832x1343 pixels; expected 832x1344",
    ),
}


@pytest.mark.parametrize("name", SPOILERS)
def test_a_bad_sheet_is_named(folder, name):
    spoil, message = SPOILERS[name]
    path = folder / "topwear" / "5.png"
    content = path.read_bytes()
    path.unlink()
    spoil(path, content)
    sprites = reader(folder)
    with pytest.raises(BadFile, match=f"topwear/5.png: .*{message}"):
        sprites.read("body0_bottom0_top5_hair0")
    assert len(sprites.read("body0_bottom0_top0_hair0")) == 9


@pytest.mark.parametrize("name", ["", "/nowhere"])
def test_a_folder_without_sheets_is_named(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"need data_dir.* no 'body' in '{name}'"):
        reader(name).items("train")


@pytest.mark.skipif(
    not SPRITES_DIR.is_dir(), reason=f"needs YingzhenLi/Sprites in {SPRITES_DIR}"
)
def test_the_real_sheets_give_different_characters_and_motions():
    sprites = reader(SPRITES_DIR)
    items = sprites.items("train") + sprites.items("test")
    seen = {clip.fingerprint() for item in items for clip in sprites.read(item)}
    assert len(seen) == 9 * 1296
    for clip in sprites.read(items[0]):
        assert clip.frames[:, 0].max() == 0  # Nobody reaches to the upper edge.
        assert 0.1 < clip.frames.any(axis=-1).mean() < 0.5
