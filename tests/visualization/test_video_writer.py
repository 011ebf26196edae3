"""Video files, and what keeps them from being written."""

import os
import resource
import signal
import subprocess
import sys

import av
import numpy as np
import pytest

from keras_drnet.errors import InputError
from keras_drnet.visualization.video_writer import video_writer


def test_other_video_formats_are_rejected(tmp_path):
    with (
        pytest.raises(InputError, match=r"a\.avi.*\.gif.*\.mp4"),
        video_writer(tmp_path / "a.avi", frame_rate=8),
    ):
        pass


WRITE = """
import sys
import numpy as np
from keras_drnet.visualization.video_writer import video_writer
images = np.random.default_rng(0).integers(0, 256, (8, 64, 64, 3)).astype(np.uint8)
with video_writer(sys.argv[1], frame_rate=8) as append:
    for t in range(int(sys.argv[2])):
        append(images[t % 8])
"""


@pytest.mark.parametrize("name", ["a.gif", "a.mp4"])
@pytest.mark.parametrize("num_frames", [4, 400])
def test_a_video_that_cannot_be_written_is_reported(tmp_path, name, num_frames):
    """With few frames the writer fails at the end, with many before it."""

    def limit_file_size():  # As a full disk would.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000))

    (tmp_path / name).write_text("there before")
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
    assert "cannot be written: " in last
    assert (tmp_path / name).read_text() == "there before"
    assert [path.name for path in tmp_path.iterdir()] == [name]


IMAGES = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3)).astype(np.uint8)


def write(path):
    with video_writer(path, frame_rate=8) as append:
        for image in IMAGES:
            append(image)


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_what_was_there_stays_until_a_video_is_whole(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    write(path)
    before = path.read_bytes()
    with (
        pytest.raises(KeyboardInterrupt),
        video_writer(path, frame_rate=8) as append,
    ):
        append(IMAGES[0])
        raise KeyboardInterrupt
    with (
        pytest.raises(InputError, match="would be empty"),
        video_writer(path, frame_rate=8),
    ):
        pass
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    (tmp_path / f"b{suffix}").mkdir()
    with pytest.raises(InputError, match="is a folder; expected the name of a file"):
        write(tmp_path / f"b{suffix}")


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
@pytest.mark.parametrize("name", ["12:30:00", "-y", "%d", "file:a", "a b", "\udcff"])
def test_a_video_may_have_any_name(tmp_path, monkeypatch, name, suffix):
    monkeypatch.chdir(tmp_path)
    write(name + suffix)
    assert os.listdir() == [name + suffix]
    with open(name + suffix, "rb") as file, av.open(file) as container:
        assert sum(1 for _ in container.decode(video=0)) == len(IMAGES)


@pytest.mark.parametrize(
    "image",
    [
        IMAGES[0] / 255,
        IMAGES[0, :15],
        IMAGES[0, ..., 0],
        IMAGES[0, ..., :1],
        np.zeros((32, 16, 3), np.uint8),
    ],
)
def test_other_images_are_refused(tmp_path, image):
    with (
        pytest.raises(
            InputError, match=r"of shape .*; expected uint8 \[H, W, 3\] with"
        ),
        video_writer(tmp_path / "a.gif", frame_rate=8) as append,
    ):
        append(IMAGES[0])
        append(image)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("frame_rate", [0, -8, 7.5])
def test_other_frame_rates_are_refused(tmp_path, frame_rate):
    with (
        pytest.raises(InputError, match="frame_rate is .*expected"),
        video_writer(tmp_path / "a.gif", frame_rate=frame_rate),
    ):
        pass
