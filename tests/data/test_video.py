"""Decoding of videos: frames, sampling, rotation, and damaged files."""

import subprocess

import av
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from keras_drnet.data.clips import BadFile
from keras_drnet.data.images import read_image
from keras_drnet.data.video import read_video
from tests.support.videos import CODECS, walker, write_video


def left_edge(frame):
    """Where the walker is, as a share of the width."""
    bright = frame.mean(axis=-1) > 100
    return np.flatnonzero(bright.any(axis=0))[0] / frame.shape[1]


@pytest.mark.parametrize("suffix", CODECS)
@pytest.mark.parametrize("num_channels", [1, 3])
def test_frames_of_all_formats_are_in_order(tmp_path, suffix, num_channels):
    frames = walker(12)
    path = write_video(tmp_path / f"clip{suffix}", frames)
    video = read_video(str(path), 64, num_channels)
    assert video.shape == (12, 64, 64, num_channels) and video.dtype == np.uint8
    for seen, drawn in zip(video, frames, strict=True):
        assert left_edge(seen) == pytest.approx(left_edge(drawn), abs=0.03)


def test_odd_heights_and_widths_are_read(tmp_path):
    frames = walker(5, height=77, width=131)
    video = read_video(str(write_video(tmp_path / "odd.gif", frames)), 64, 3)
    assert video.shape == (5, 64, 64, 3)
    for seen, drawn in zip(video, frames, strict=True):
        assert left_edge(seen) == pytest.approx(left_edge(drawn), abs=0.03)


def test_colors_keep_their_order(tmp_path):
    frames = np.zeros((4, 64, 64, 3), np.uint8)
    frames[..., 0] = 200
    video = read_video(str(write_video(tmp_path / "red.avi", frames)), 32, 3)
    assert video[..., 0].mean() > 150 and video[..., 1:].mean() < 50


def test_crop_takes_the_center_and_squash_takes_all(tmp_path):
    frames = np.zeros((3, 64, 128, 3), np.uint8)
    frames[:, :, 32:96] = 220  # The centered square.
    path = str(write_video(tmp_path / "wide.avi", frames))
    assert read_video(path, 32, 1, resize="crop").mean() > 200
    assert 90 < read_video(path, 32, 1, resize="squash").mean() < 130


@pytest.mark.parametrize("frame_rate,expected", [(25, 50), (5, 10), (50, 99)])
def test_a_video_is_sampled_at_the_frame_rate(tmp_path, frame_rate, expected):
    path = write_video(tmp_path / "clip.mp4", walker(50))
    assert len(read_video(str(path), 32, 1, frame_rate=frame_rate)) == expected


def test_a_variable_rate_is_sampled_evenly(tmp_path):
    frames = np.zeros((4, 64, 64, 3), np.uint8)
    for level, frame in zip((30, 90, 150, 210), frames, strict=True):
        frame[:] = level
    # Shown from 0.0, 0.4, 0.5 and 1.0 seconds on.
    path = write_video(tmp_path / "clip.mov", frames, rate=10, ticks=[0, 4, 5, 10])
    video = read_video(str(path), 32, 1, frame_rate=10)
    levels = video.mean(axis=(1, 2, 3))
    expected = [30] * 4 + [90] + [150] * 5 + [210]
    np.testing.assert_allclose(levels, expected, atol=8)


def test_a_rotated_video_is_read_as_players_show_it(tmp_path):
    """A video with the note 'turn by 90 degrees' is seen as a player shows it."""
    frames = np.zeros((4, 64, 64, 3), np.uint8)
    frames[:, :20] = 230  # Bright above.
    lying = write_video(tmp_path / "lying.mp4", frames)
    turned = tmp_path / "turned.mp4"
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run(
        [ffmpeg, "-display_rotation", "90", "-i", lying, "-c", "copy", turned],
        check=True,
        capture_output=True,
    )
    shown = tmp_path / "shown.gif"
    subprocess.run([ffmpeg, "-i", turned, shown], check=True, capture_output=True)
    video = read_video(str(turned), 32, 1)
    player = read_video(str(shown), 32, 1)
    np.testing.assert_allclose(video.mean(axis=0), player.mean(axis=0), atol=12)
    assert abs(video[:, :, :8].mean() - video[:, :, -8:].mean()) > 100


def test_a_file_object_is_read_and_named_in_errors(tmp_path):
    path = write_video(tmp_path / "clip.avi", walker(6))
    with open(path, "rb") as file:
        assert len(read_video(file, 32, 1)) == 6
    path.write_bytes(b"no video")
    with open(path, "rb") as file, pytest.raises(BadFile, match="member.avi"):
        read_video(file, 32, 1, name="member.avi")


def test_frames_that_an_edit_list_hides_are_not_missing(tmp_path):
    """A clip that was cut out of a longer one keeps what its frames are made from."""
    whole, cut = write_video(tmp_path / "whole.mp4", walker(60)), tmp_path / "cut.mp4"
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    copy = [ffmpeg, "-ss", "0.2", "-i", str(whole), "-c", "copy", str(cut)]
    subprocess.run(copy, check=True, capture_output=True)
    with av.open(str(cut)) as container:
        assert container.streams.video[0].frames == 60
    assert len(read_video(str(cut), 32, 1)) == 55


def test_metadata_in_another_encoding_are_accepted(tmp_path):
    path = tmp_path / "title.avi"
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "Caf#"
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height = 160, 120
        for pixels in walker(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(stream.encode(None))
    path.write_bytes(path.read_bytes().replace(b"Caf#", b"Caf\xe9"))
    assert len(read_video(str(path), 32, 1)) == 5


def test_16_bit_images_keep_their_shades(tmp_path):
    shades = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    Image.fromarray(shades).save(tmp_path / "depth.png")
    frame = read_image(tmp_path / "depth.png", 64, 1)
    np.testing.assert_array_equal(frame[..., 0], shades >> 8)


def make_bad(tmp_path, kind):
    path = tmp_path / "bad.avi"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("This is not a video.\n" * 100)
    elif kind == "one frame":
        write_video(path, walker(1))
    elif kind == "missing":
        pass
    elif kind == "sound":
        import wave

        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(16000))
    else:
        whole = write_video(tmp_path / "whole.avi", walker(60)).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    return path


@pytest.mark.parametrize(
    "kind,reason",
    [
        ("empty", "not a readable video"),
        ("text", "not a readable video"),
        ("missing", "not a readable video"),
        ("one frame", "it has one frame; expected at least two"),
        ("sound", "no video stream"),
        ("cut", r"cut short: its header promises 60 frames, but \d+ could"),
    ],
)
def test_bad_files_say_why(tmp_path, kind, reason):
    path = make_bad(tmp_path, kind)
    with pytest.raises(BadFile, match=reason) as caught:
        read_video(str(path), 32, 1)
    assert caught.value.path == str(path)


def test_a_gap_between_time_stamps_is_named(tmp_path):
    path = write_video(tmp_path / "gap.mov", walker(3), rate=10, ticks=[0, 1, 9000])
    with pytest.raises(BadFile, match="no frame follows for 900 seconds"):
        read_video(str(path), 32, 1, frame_rate=10)


def test_an_even_time_lapse_is_not_damaged(tmp_path):
    ticks = [150 * i for i in range(4)]  # A frame every 15 seconds.
    path = write_video(tmp_path / "lapse.mov", walker(4), rate=10, ticks=ticks)
    assert len(read_video(str(path), 32, 1, frame_rate=1)) == 46
    path = write_video(tmp_path / "gap.mov", walker(5), rate=10, ticks=[*ticks, 9000])
    with pytest.raises(BadFile, match="no frame follows for .* seconds .* at most"):
        read_video(str(path), 32, 1, frame_rate=1)
    assert len(read_video(str(path), 32, 1)) == 5


def test_one_frame_at_the_rate_is_told_from_one_stored(tmp_path):
    path = write_video(tmp_path / "short.mp4", walker(3), rate=30)
    with pytest.raises(BadFile, match=r"one frame at 8 frames a second \(3 stored\)"):
        read_video(str(path), 32, 1, frame_rate=8)


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".ts", "mpeg4"), (".mpg", "mpeg2video")]
)
def test_recordings_that_were_joined_are_read_to_their_end(tmp_path, suffix, codec):
    """The clock of the second begins anew, or hours later."""

    def record(path, first_tick):
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=25)
            stream.height, stream.width = 120, 160
            for number, pixels in enumerate(walker(25)):
                frame = av.VideoFrame.from_ndarray(pixels)
                frame.pts = first_tick + number
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()

    first = record(tmp_path / f"a{suffix}", 0)
    for hours in (0, 2):
        later = record(tmp_path / f"b{suffix}", hours * 3600 * 25)
        joined = tmp_path / f"joined{suffix}"
        joined.write_bytes(first + later)
        stored = read_video(str(joined), 32, 1)
        assert len(stored) == 50
        sampled = read_video(str(joined), 32, 1, frame_rate=25)
        np.testing.assert_array_equal(sampled, stored)


def test_a_cover_is_not_the_film(tmp_path):
    film, cover = write_video(tmp_path / "film.mp4", walker(8)), tmp_path / "cover.png"
    Image.fromarray(np.full((400, 400, 3), 255, np.uint8)).save(cover)
    both = tmp_path / "both.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", cover, "-i", film, "-map", "0"]
    command += ["-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic", both]
    subprocess.run(command, check=True, capture_output=True)
    with av.open(str(both)) as container:
        assert len(container.streams.video) == 2
    np.testing.assert_array_equal(
        read_video(str(both), 32, 3), read_video(str(film), 32, 3)
    )
    sound = make_bad(tmp_path, "sound")
    song = tmp_path / "song.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", cover, "-i", sound, "-map", "0"]
    command += ["-map", "1", "-c:v", "copy", "-disposition:v:0", "attached_pic", song]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(BadFile, match="no video stream"):
        read_video(str(song), 32, 1)
