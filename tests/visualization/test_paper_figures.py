"""Figures: every frame is the right one in its place, and words cover none."""

import itertools
import pathlib
import subprocess
import sys
import types

import imageio.v2 as imageio
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.data.clips import ClipEntry
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.data.pipeline.windows import ClipsInMemory, MemoryClips
from keras_drnet.errors import InputError
from keras_drnet.evaluation import comparison
from keras_drnet.inference.baselines import CopyLastFrame
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.visualization.frame_grid import GRAY, GREEN, RED, frame_grid
from keras_drnet.visualization.labels import Block, add_labels
from keras_drnet.visualization.paper_figures import (
    BLANK,
    BORDER,
    NAMES,
    FigureWriter,
    default_steps,
    parse_steps,
)
from tests.support.networks import lively_networks, save_run
from tests.support.paths import ROOT

SIDE = 32 + 2 * BORDER


@pytest.fixture(scope="module")
def config():
    from keras_drnet.config.presets import PRESETS

    return PRESETS["tiny"]()


@pytest.fixture(scope="module")
def predictor(config):
    return VideoPredictor(lively_networks(config))


@pytest.fixture(scope="module")
def clips(config):
    return clip_frames(load_source(config, "test", clip_length=12), 0, 3)


@pytest.fixture
def writer(tmp_path):
    return FigureWriter(tmp_path, frame_rate=8)


def places(picture, part):
    """Returns where a picture has another in it, a list of (top, left)."""
    height, width, _ = part.shape
    corners = np.argwhere(np.all(picture == part[0, 0], axis=-1))
    return [
        (top, left)
        for top, left in corners
        if np.array_equal(picture[top : top + height, left : left + width], part)
    ]


def cell(frame, color):
    return frame_grid([frame[None]], colors=[color], border=BORDER)


def cells(picture, num_rows, num_columns):
    """Returns the cells of the lowest grid of a labeled picture."""
    is_border = [np.all(picture == c, axis=-1) for c in (GREEN, RED)]
    rows, columns = np.nonzero(np.any(is_border, axis=0))
    bottom, left = rows.max() + 1, columns.min()
    grid = picture[bottom - num_rows * SIDE : bottom, left : left + num_columns * SIDE]
    return grid.reshape(num_rows, SIDE, num_columns, SIDE, 3).swapaxes(1, 2)


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@settings(max_examples=25, deadline=None)
@given(
    shapes=st.lists(st.tuples(st.integers(8, 90), st.integers(8, 90)), min_size=1),
    data=st.data(),
)
def test_labels_keep_every_pixel_of_the_pictures(shapes, data):
    rng = np.random.default_rng(0)
    blocks = [
        Block(
            rng.integers(0, 255, (*shape, 3), np.uint8),
            data.draw(st.lists(texts, max_size=3)),
            data.draw(st.lists(texts, max_size=3)),
        )
        for shape in shapes[:3]
    ]
    title, note = data.draw(texts), data.draw(texts)
    picture = add_labels(blocks, title=title, note=note)
    assert picture.dtype == np.uint8
    assert picture.shape[0] % 2 == picture.shape[1] % 2 == 0
    found = [places(picture, block.picture) for block in blocks]
    assert all(len(one) == 1 for one in found)
    tops, lefts = np.transpose([one[0] for one in found])
    assert np.all(np.diff(tops) > 0) and len(set(lefts)) == 1
    outside = picture.astype(int)
    for block, (top, left) in zip(blocks, np.transpose([tops, lefts]), strict=True):
        height, width, _ = block.picture.shape
        outside[top : top + height, left : left + width] = 255
    has_words = any(
        text.strip()
        for text in [title, note, *(t for b in blocks for t in (*b.rows, *b.columns))]
    )
    assert np.any(outside < 255) == has_words


def ink(picture, top, bottom, left, right):
    return np.any(picture[top:bottom, left:right] < 128)


def test_labels_stand_beside_their_row_and_above_their_column():
    picture = np.full((80, 120, 3), 200, np.uint8)
    rows = add_labels([Block(picture, ["", "below"])])
    ((top, left),) = places(rows, picture)
    assert ink(rows, top + 40, top + 80, 0, left)
    assert not ink(rows, 0, top + 40, 0, left)
    columns = add_labels([Block(picture, (), ["", "", "right"])])
    ((top, left),) = places(columns, picture)
    assert ink(columns, 0, top, left + 80, left + 120)
    assert not ink(columns, 0, top, 0, left + 80)
    # They are what they say: other words look different, the same ones the same.
    again = add_labels([Block(picture, ["", "below"])])
    np.testing.assert_array_equal(rows, again)
    other = add_labels([Block(picture, ["", "above"])])
    assert rows.shape != other.shape or np.any(rows != other)


def test_the_talks_time_steps_are_the_default_for_kth():
    later = [12, 15, *range(20, 101, 10)]
    assert default_steps(10, 90) == [1, 10, *later]
    assert default_steps(5, 500)[-2:] == [450, 500]


@given(st.integers(1, 20), st.integers(1, 5000))
def test_default_steps_are_few_and_exist(num_past, num_future):
    steps = default_steps(num_past, num_future)
    assert steps == sorted(set(steps)) and len(steps) <= 18
    assert steps[0] == 1 and num_past in steps
    assert num_past < steps[-1] <= num_past + num_future


def test_steps_that_do_not_exist_are_refused():
    assert parse_steps(["7", "5", "7"], 3, 9) == [5, 7]
    assert parse_steps([], 3, 9) == default_steps(3, 9)
    for texts in (["0", "5"], ["1", "3"], ["5", "13"], ["a"]):
        with pytest.raises(InputError, match="frames from 1 to 12 .3 observed"):
            parse_steps(texts, 3, 9)


def test_interpolation_ends_where_reconstruction_is(predictor, clips):
    content, start, end = clips[:, 5], clips[:, 0], clips[::-1, 9]
    frames = predictor.interpolate(content, start, end, 5)
    assert frames.shape == (3, 5, 32, 32, 3)
    np.testing.assert_array_equal(frames[:, 0], predictor.reconstruct(content, start))
    np.testing.assert_array_equal(frames[:, -1], predictor.reconstruct(content, end))
    nets = predictor.networks
    code = nets.content_encoder(content, training=False)
    middle = sum(nets.pose_encoder(one, training=False) for one in (start, end)) / 2
    np.testing.assert_allclose(
        frames[:, 2], nets.decoder((code, middle), training=False), atol=1e-5
    )


def test_interpolation_figure_has_both_ends_and_the_way(predictor, clips, writer):
    content, start, end = clips[:, 5], clips[:, 0], clips[:, 9]
    png, gif, _ = writer.interpolation(predictor, content, start, end, ["a", "b", "c"])
    drawn = cells(imageio.imread(png), 3, 11)
    expected = predictor.interpolate(content, start, end, 8)
    green, red = GREEN, RED
    for n in range(3):
        row = [content[n], start[n], *expected[n], end[n]]
        colors = [green, green, *[red] * 8, green]
        for found, frame, color in zip(drawn[n], row, colors, strict=True):
            np.testing.assert_array_equal(found, cell(frame, color))
    assert len(imageio.mimread(gif, memtest=False)) == 48  # There and back.


def test_analogy_pairs_every_content_with_every_pose(predictor, clips, writer):
    contents, poses = clips[:2, 0], clips[:, :6]
    png, gif, mp4 = writer.analogy(predictor, contents, poses)
    drawn = cells(imageio.imread(png), 3, 4)
    expected = predictor.reconstruct(contents[[1, 1, 1]], poses[:, 3])
    np.testing.assert_array_equal(drawn[2, 0], cell(contents[1], GREEN))
    np.testing.assert_array_equal(drawn[0, 3], cell(poses[2, 3], GREEN))
    np.testing.assert_array_equal(drawn[2, 3], cell(expected[2], RED))
    for video in (gif, mp4):
        assert len(imageio.mimread(video, memtest=False)) == 6


def test_generation_shows_the_frames_of_the_stream(predictor, clips, writer):
    past = clips[:, :3]
    stream = list(itertools.islice(predictor.stream(past), 20))
    # Nothing but the stream is there to be asked: no video is held in memory.
    streaming = types.SimpleNamespace(stream=predictor.stream)
    png, gif, _ = writer.generation(streaming, past, 20, [1, 3, 4, 9, 23], name="DrNet")
    drawn = cells(imageio.imread(png), 3, 5)
    for clip in range(3):
        for column, t in enumerate((4, 9, 23), 2):
            expected = cell(stream[t - 4][clip], RED)
            np.testing.assert_array_equal(drawn[clip, column], expected)
        expected = cell(past[clip, 2], GREEN)
        np.testing.assert_array_equal(drawn[clip, 1], expected)
    frames = imageio.mimread(gif, memtest=False)
    assert len(frames) == 23
    assert np.any(frames[10][..., :3] != frames[11][..., :3])


def test_comparison_has_blanks_where_the_real_clip_has_ended(predictor, clips, writer):
    predictors = {"DrNet": predictor, "copy": CopyLastFrame(predictor.frame_shape)}
    # 12 real frames, 3 observed and 11 predicted.
    png, gif, _ = writer.comparison(predictors, clips[:1], 3, 11, [2, 5, 12, 13, 14])
    drawn = cells(imageio.imread(png), 3, 5)
    future = predictor.predict(clips[:1, :3], 11)[0]
    green, red, gray = GREEN, RED, GRAY
    blank = np.full((32, 32, 3), BLANK)
    rows = [
        [(clips[0, t - 1], green) for t in (2, 5, 12)] + [(blank, gray)] * 2,
        [(clips[0, 1], green)] + [(future[t - 4], red) for t in (5, 12, 13, 14)],
        [(clips[0, 1], green)] + [(clips[0, 2], red)] * 4,
    ]
    for found, row in zip(drawn, rows, strict=True):
        for one, (frame, color) in zip(found, row, strict=True):
            np.testing.assert_array_equal(one, cell(frame, color))
    assert len(imageio.mimread(gif, memtest=False)) == 14
    # That the clip has ended is said only where it has.
    ended = imageio.imread(png)
    (png, *_) = writer.comparison(predictors, clips[:1], 3, 9, [2, 5, 10, 11, 12])
    assert imageio.imread(png).shape[1] < ended.shape[1]


def test_a_copied_training_frame_is_its_own_neighbor(predictor, clips, writer):
    past = clips[:1, :3]
    copied = np.round(predictor.predict(past, 4)[0, 3] * 255).astype(np.uint8)
    others = np.round(clips[1:, 5] * 255).astype(np.uint8)
    bank = np.stack([others[0], copied, others[1]])
    (png,) = writer.neighbors(predictor, past, bank, [1, 7])
    picture = imageio.imread(png)
    assert len(places(picture, cell(copied / 255, RED))) == 1
    assert len(places(picture, cell(copied / 255, GREEN))) == 2


def test_only_runs_on_the_same_frames_are_compared(tmp_path, config):
    networks = lively_networks(config)
    run = save_run(tmp_path / "one", config, networks)
    same = save_run(tmp_path / "two", config, networks)
    both = comparison.load_predictors([run, same])
    assert list(both) == ["DrNet", "DrNet (two)"]
    for key, value in (("num_past", 2), ("num_objects", 3)):
        other = config.with_overrides([f"data.{key}={value}"])
        other_run = save_run(tmp_path / key, other, networks)
        with pytest.raises(InputError, match=rf"{key} has data\.{key} {value}, but"):
            comparison.load_predictors([run, other_run])


def test_real_clips_are_as_long_as_enough_of_them_are(monkeypatch, config):
    lengths = [4, 9, 7, 7, 5]
    frames = np.concatenate([np.arange(n) for n in lengths])[:, None, None, None]
    clips = MemoryClips(
        [ClipEntry(f"clip_{i}", {}, n, False) for i, n in enumerate(lengths)],
        tf.constant(np.cumsum([0, *lengths[:-1]])),
        tf.constant(frames.astype(np.uint8)),
    )
    monkeypatch.setattr(
        comparison,
        "load_source",
        lambda _, split, clip_length: ClipsInMemory(
            clips, split=split, clip_length=clip_length
        ),
    )
    for num_clips, num_frames, expected in (
        (1, 50, 9),
        (1, 6, 6),
        (3, 50, 7),
        (5, 50, 4),
        (9, 50, 4),
    ):
        found = comparison.longest_clips(
            config, num_frames, first_clip=0, num_clips=num_clips
        )
        assert found.shape[:2] == (num_clips, expected)


@pytest.mark.parametrize(
    "figure", ["generation", pytest.param("all", marks=pytest.mark.slow)]
)
def test_the_program_draws_a_run(tmp_path, config, figure):
    run = save_run(tmp_path / "run", config, lively_networks(config))
    command = [sys.executable, "-m", "keras_drnet.draw", f"--run_dir={run.path}"]
    flags = ["--num_future=5", "--bank_clips=2", "--num_clips=2", "--scale=1"]
    done = subprocess.run(
        [*command, *flags, f"--figure={figure}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = {pathlib.Path(line).name for line in done.stdout.split()}
    assert written == {path.name for path in (run.path / "figures").iterdir()}
    names = NAMES if figure == "all" else [figure]
    assert {f"{name}.png" for name in names} <= written
    assert {f"{name}.gif" for name in names if name != "neighbours"} <= written
