"""Inference: swaps, roll-outs of any length, and what must not matter to them."""

import itertools
import resource
import signal
import subprocess
import sys
import tracemalloc

import imageio.v2 as imageio
import numpy as np
import pytest
from PIL import Image, ImageSequence

from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.errors import InputError
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models.networks import build_networks
from keras_drnet.visualization import sample_grids
from keras_drnet.visualization.frame_grid import GREEN, RED, frame_grid
from keras_drnet.visualization.video_writer import video_writer


@pytest.fixture(scope="module", params=["dcgan", "dcgan_unet", "vgg_unet"])
def predictor(request):
    from keras_drnet.config.presets import PRESETS

    config = PRESETS["tiny"]().with_overrides(
        [f"model.content_encoder={request.param}", f"model.decoder={request.param}"]
    )
    return VideoPredictor(build_networks(config))


@pytest.fixture
def clips(tiny):
    return clip_frames(load_source(tiny, "test"), 0, 3)


def test_prediction_depends_on_the_past_alone(predictor, clips):
    past = clips[:, :3]
    predicted = predictor.predict(past, 4)
    assert predicted.shape == (3, 4, 32, 32, 3)
    assert predicted.dtype == np.float32
    assert predicted.min() >= 0 and predicted.max() <= 1
    np.testing.assert_array_equal(predicted, predictor.predict(past.copy(), 4))
    alone = predictor.predict(past[1:2], 4)
    np.testing.assert_allclose(alone[0], predicted[1], atol=1e-5)


def test_a_longer_prediction_begins_like_a_shorter_one(predictor, clips):
    past = clips[:, :3]
    longer = predictor.predict(past, 6)
    np.testing.assert_array_equal(longer[:, :2], predictor.predict(past, 2))
    assert predictor.predict(past, 0).shape == (3, 0, 32, 32, 3)


def test_swapping_a_frame_with_itself_is_reconstruction(predictor, clips):
    frames = clips[:, 0]
    nets = predictor.networks
    content = nets.content_encoder(frames, training=False)
    pose = nets.pose_encoder(frames, training=False)
    decoded = nets.decoder((content, pose), training=False)
    swapped = predictor.reconstruct(frames, frames)
    np.testing.assert_allclose(swapped, decoded, atol=1e-5)


def test_memory_does_not_grow_with_the_number_of_frames(tiny, clips):
    predictor = VideoPredictor(build_networks(tiny))
    stream = predictor.stream(clips[:, :3])
    sum(1 for _ in itertools.islice(stream, 50))
    tracemalloc.start()
    count = sum(1 for _ in itertools.islice(stream, 5000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 5000
    assert peak < 100 * clips[:, 0].nbytes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda past: past[:, :, :16], r"expected \[B, num_past, 32, 32, 3\]"),
        (lambda past: past[0], "have shape"),
        (lambda past: past[:, :0], "num_past at least 1"),
        (lambda past: past * np.nan, "not finite"),
    ],
)
def test_past_frames_that_do_not_fit_are_refused(tiny, clips, change, message):
    predictor = VideoPredictor(build_networks(tiny))
    with pytest.raises(InputError, match=message):
        predictor.predict(change(clips[:, :3]), 1)


def test_videos_hold_every_frame_in_its_border(tiny, clips, tmp_path):
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


def test_videos_of_other_kinds_are_refused(tmp_path):
    with (
        pytest.raises(InputError, match=r"a\.avi.*\.gif.*\.mp4"),
        video_writer(tmp_path / "a.avi", frame_rate=8),
    ):
        pass


WRITE = """
import sys
import numpy as np
from keras_drnet.visualization.video_writer import video_writer
pictures = np.random.default_rng(0).integers(0, 256, (8, 64, 64, 3)).astype(np.uint8)
with video_writer(sys.argv[1], frame_rate=8) as append:
    for t in range(int(sys.argv[2])):
        append(pictures[t % 8])
"""


@pytest.mark.parametrize("name", ["a.gif", "a.mp4", "folder.mp4"])
@pytest.mark.parametrize("num_frames", [4, 400])
def test_a_video_that_cannot_be_written_is_told(tmp_path, name, num_frames):
    """With few frames FFmpeg finds out at the end, with many before."""

    def limit_file_size():  # As a full disk would.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000))

    (tmp_path / "folder.mp4").mkdir()
    result = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path / name), str(num_frames)],
        preexec_fn=limit_file_size,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("keras_drnet.errors.InputError: ") and name in last
    assert "cannot be written whole" in last


def test_grid_shows_pixels_as_they_are():
    frames = np.zeros((2, 4, 4, 1), np.float32)
    frames[1] = 1
    picture = frame_grid([frames, frames[:1]], scale=2)
    assert picture.shape == (20, 20, 3) and picture.dtype == np.uint8
    assert np.all(picture[1:9, 1:9] == 0) and np.all(picture[1:9, 11:19] == 255)
    assert np.all(picture[10:, 10:] == 255)  # The short row is filled up.


def test_swap_grid_has_contents_at_the_left_and_poses_on_top(tiny, clips):
    predictor = VideoPredictor(build_networks(tiny))
    picture = sample_grids.swap_grid(predictor, clips[:2, 0], clips[:3, 4])
    assert picture.shape == (3 * 34, 4 * 34, 3)
    expected = frame_grid(
        [predictor.reconstruct(clips[1:2, 0], clips[2:3, 4])], colors=[RED]
    )
    np.testing.assert_array_equal(picture[-34:, -34:], expected)
