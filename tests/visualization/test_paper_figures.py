"""Figures of the paper: every cell of their grids shows the right frame."""

import itertools
import types

import imageio.v2 as imageio
import numpy as np
import pytest

from keras_drnet.config.presets import PRESETS
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.inference.baselines import CopyLastFrame
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.visualization import paper_figures
from keras_drnet.visualization.figure_writer import BORDER, FigureWriter
from keras_drnet.visualization.frame_grid import GRAY, GREEN, RED, frame_grid
from keras_drnet.visualization.paper_figures import BLANK
from tests.support.images import occurrences
from tests.support.networks import lively_networks

SIDE = 32 + 2 * BORDER


@pytest.fixture(scope="module")
def config():
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


def cell(frame, color):
    return frame_grid([frame[None]], colors=[color], border=BORDER)


def cells(image, num_rows, num_columns):
    """Returns the cells of the lowest grid of a labeled image."""
    is_border = [np.all(image == c, axis=-1) for c in (GREEN, RED)]
    rows, columns = np.nonzero(np.any(is_border, axis=0))
    bottom, left = rows.max() + 1, columns.min()
    grid = image[bottom - num_rows * SIDE : bottom, left : left + num_columns * SIDE]
    return grid.reshape(num_rows, SIDE, num_columns, SIDE, 3).swapaxes(1, 2)


def test_interpolation_goes_from_start_to_end_in_eight_steps(predictor, clips, writer):
    content, start, end = clips[:, 5], clips[:, 0], clips[:, 9]
    png, gif, _ = paper_figures.interpolation(
        writer, predictor, content, start, end, ["a", "b", "c"]
    )
    drawn = cells(imageio.imread(png), 3, 11)
    expected = predictor.interpolate(content, start, end, 8)
    green, red = GREEN, RED
    for n in range(3):
        row = [content[n], start[n], *expected[n], end[n]]
        colors = [green, green, *[red] * 8, green]
        for found, frame, color in zip(drawn[n], row, colors, strict=True):
            np.testing.assert_array_equal(found, cell(frame, color))
    assert len(imageio.mimread(gif, memtest=False)) == 48  # To the end and back.


def test_analogy_shows_every_content_in_every_pose(predictor, clips, writer):
    contents, poses = clips[:2, 0], clips[:, :6]
    png, gif, mp4 = paper_figures.analogy(writer, predictor, contents, poses)
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
    # A predictor without `predict`: frames are written as they are generated.
    streaming = types.SimpleNamespace(stream=predictor.stream)
    png, gif, _ = paper_figures.generation(
        writer, streaming, past, 20, [1, 3, 4, 9, 23], name="DrNet"
    )
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
    png, gif, _ = paper_figures.comparison(
        writer, predictors, clips[:1], 3, 11, [2, 5, 12, 13, 14]
    )
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
    # The note that the clip has ended is there only if it has.
    ended = imageio.imread(png)
    (png, *_) = paper_figures.comparison(
        writer, predictors, clips[:1], 3, 9, [2, 5, 10, 11, 12]
    )
    assert imageio.imread(png).shape[1] < ended.shape[1]


def test_a_copied_training_frame_is_its_own_nearest_neighbor(predictor, clips, writer):
    past = clips[:1, :3]
    copied = np.round(predictor.predict(past, 4)[0, 3] * 255).astype(np.uint8)
    others = np.round(clips[1:, 5] * 255).astype(np.uint8)
    bank = np.stack([others[0], copied, others[1]])
    (png,) = paper_figures.neighbors(writer, predictor, past, bank, [1, 7])
    image = imageio.imread(png)
    assert len(occurrences(image, cell(copied / 255, RED))) == 1
    assert len(occurrences(image, cell(copied / 255, GREEN))) == 2


def test_an_image_is_found_under_its_old_name(tmp_path):
    new, old = tmp_path / "neighbors.png", tmp_path / "neighbours.png"
    assert paper_figures.find_image(tmp_path, "neighbors") == new
    old.touch()
    assert paper_figures.find_image(tmp_path, "neighbors") == old
    new.touch()
    assert paper_figures.find_image(tmp_path, "neighbors") == new
    assert paper_figures.find_image(tmp_path, "analogy").name == "analogy.png"
