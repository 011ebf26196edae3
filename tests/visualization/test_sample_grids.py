"""Images and videos of a predictor's output."""

import imageio.v2 as imageio
import numpy as np
import pytest
from PIL import Image, ImageSequence

from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models.networks import build_networks
from keras_drnet.visualization import sample_grids
from keras_drnet.visualization.frame_grid import GREEN, RED, frame_grid


@pytest.fixture
def clips(tiny):
    return clip_frames(load_source(tiny, "test"), 0, 3)


def test_videos_contain_every_frame_with_its_border(tiny, clips, tmp_path):
    predictor = VideoPredictor(build_networks(tiny))
    paths = sample_grids.write_videos(
        predictor,
        clips[:, :3],
        30,
        [tmp_path / "a.gif", tmp_path / "a.mp4"],
        strip=tmp_path / "a.png",
        frame_rate=8,
    )
    with Image.open(paths[0]) as gif:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(gif)]
    assert len(durations) == 33
    assert sum(durations) == pytest.approx(33 * 1000 / 8, rel=0.05)
    for path in paths[:2]:
        frames = imageio.mimread(path)
        assert len(frames) == 33
        for t, frame in enumerate(frames):
            red, green, blue = frame[0, 0, :3].astype(int)
            assert blue < 60
            assert (green > 120 > red) if t < 3 else (red > 120 > green)
    strip = imageio.imread(paths[2])
    assert strip.shape == (3 * 34, 20 * 34, 3)
    np.testing.assert_array_equal(strip[0, 0], GREEN)
    np.testing.assert_array_equal(strip[0, -1], RED)


def test_a_grid_shows_every_pixel_enlarged():
    frames = np.zeros((2, 4, 4, 1), np.float32)
    frames[1] = 1
    image = frame_grid([frames, frames[:1]], scale=2)
    assert image.shape == (20, 20, 3) and image.dtype == np.uint8
    assert np.all(image[1:9, 1:9] == 0) and np.all(image[1:9, 11:19] == 255)
    assert np.all(image[10:, 10:] == 255)  # The short row is padded.


def test_swap_grid_has_contents_at_the_left_and_poses_on_top(tiny, clips):
    predictor = VideoPredictor(build_networks(tiny))
    image = sample_grids.swap_grid(predictor, clips[:2, 0], clips[:3, 4])
    assert image.shape == (3 * 34, 4 * 34, 3)
    expected = frame_grid(
        [predictor.reconstruct(clips[1:2, 0], clips[2:3, 4])], colors=[RED]
    )
    np.testing.assert_array_equal(image[-34:, -34:], expected)
