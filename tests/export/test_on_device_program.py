"""The command line of the predictor for devices."""

import sys

import av
import imageio.v2 as imageio
import numpy as np
import pytest
from PIL import Image, ImageSequence

from export import metadata
from export.on_device import VideoPredictor, load_runtime
from export.on_device import __main__ as program
from tests.support.processes import run_command
from tests.support.videos import walker, write_video

pytestmark = pytest.mark.xdist_group("bundle")
NUM_PAST = 3  # As in the preset `tiny`, whose frames are 32x32x3, 8 a second.


@pytest.fixture
def video(tmp_path):
    """Two seconds: 16 frames at the rate of the model."""
    return write_video(tmp_path / "walk.avi", walker(50))


def run(*flags):
    return run_command(sys.executable, "-m", "export.on_device", *flags)


def in_a_process(flags, monkeypatch, capsys):
    result = run(*flags)
    assert result.returncode == 0, result.stderr
    return result.stdout


def in_this_process(flags, monkeypatch, capsys):
    assert run_here(monkeypatch, *flags) is None
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("suffix", "runner", "runtime"),
    [(".gif", in_a_process, None), (".mp4", in_this_process, "tensorflow")],
)
def test_a_video_is_continued(
    tflite, video, tmp_path, monkeypatch, capsys, suffix, runner, runtime
):
    output = tmp_path / "new" / f"out{suffix}"
    flags = [
        f"--model={tflite}",
        f"--video={video}",
        f"--output={output}",
        "--num_future=9",
        "--num_threads=2",
        "--scale=3",
        *([f"--runtime={runtime}"] if runtime else []),
    ]
    printed = runner(flags, monkeypatch, capsys)
    assert f"9 frames with {runtime or load_runtime()[0]}" in printed
    assert "ms a frame (median)" in printed
    assert printed.endswith(f"{output}\n")
    frames = read_frames(output)
    assert [np.shape(frame) for frame in frames] == [(100, 100, 3)] * (NUM_PAST + 9)
    red, green = (np.array(frames)[:, 50, 0, channel] for channel in (0, 1))
    np.testing.assert_array_equal(red > green, [False] * NUM_PAST + [True] * 9)


def read_frames(path):
    if path.suffix == ".gif":
        with Image.open(path) as image:
            return [np.array(f.convert("RGB")) for f in ImageSequence.Iterator(image)]
    with av.open(str(path)) as container:
        return [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]


def test_images_are_continued_in_one_image(tflite, tmp_path, monkeypatch):
    folder, output = tmp_path / "frames", tmp_path / "out.png"
    folder.mkdir()
    images = walker(6, height=32, width=32)
    for number, image in enumerate(images):
        imageio.imwrite(folder / f"{number:03d}.png", image)
    (folder / "notes.txt").write_text("of the same walk")
    flags = [f"--model={tflite}", f"--frames={folder}", f"--output={output}"]
    assert run_here(monkeypatch, *flags, "--first_frame=2", "--num_future=40") is None
    strip = imageio.imread(output)
    side = 2 * 32 + 2
    assert strip.shape == (3 * side, 20 * side, 3)
    np.testing.assert_array_equal(strip[1 : side - 1 : 2, 1 : side - 1 : 2], images[2])
    left = NUM_PAST * side + 1
    predictor = VideoPredictor(tflite)
    predictor.prime(images[2:5] / 255)
    drawn = strip[1 : side - 1 : 2, left : left + side - 2 : 2]
    np.testing.assert_allclose(drawn / 255, predictor.step(), atol=0.01)


def run_here(monkeypatch, *flags):
    monkeypatch.setattr(sys, "argv", ["on_device", *flags])
    return program.entry_point()


def test_a_wrong_flag_ends_a_process_with_one_sentence():
    result = run("--modle=drnet.tflite")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--modle=x"], "unrecognized arguments: --modle=x"),
        (["--mod=x"], "unrecognized arguments: --mod=x"),
        (["--frames=."], "--frames: not allowed with argument --video"),
        (["--num_future=0"], "expected a whole number from 1, not '0'"),
        (["--first_frame=-1"], "expected a whole number from 0, not '-1'"),
        (["--scale=x"], "expected a whole number from 1, not 'x'"),
        (["--runtime=onnx"], "invalid choice: 'onnx'"),
        (["--output=out.webp"], "Unknown kind of output '.webp'; expected one of"),
        (["--model=none.tflite"], "none.tflite cannot be read: No such file"),
        (["--video=none.avi"], "none.avi: not a readable video (No such file"),
        (
            ["--first_frame=14"],
            "has 16 frames; expected at least 17, because the model observes 3",
        ),
        (["--output=/proc/none/out.gif"], "/proc/none"),
        (["--output={folder}.gif"], "is a folder; expected the name of a file"),
        (["--output={folder}.png"], "is a folder; expected the name of a file"),
    ],
)
def test_bad_flags_are_explained(
    tflite, video, monkeypatch, capfd, flags, message, tmp_path
):
    for suffix in (".gif", ".png"):
        (tmp_path / f"folder{suffix}").mkdir()
    flags = [flag.format(folder=tmp_path / "folder") for flag in flags]
    usual = [f"--model={tflite}", f"--video={video}", "--output=out.gif"]
    assert run_here(monkeypatch, *usual, *flags) == 2
    assert message in error_of(capfd)


def test_a_model_from_a_stranger_has_a_trial_first(
    model, video, tmp_path, monkeypatch, capfd
):
    content, about = model
    path = tmp_path / "drnet.tflite"
    path.write_bytes(metadata.attach(b"\xff\xff\xff\x7f" + content[4:], about))
    output = tmp_path / "out.gif"
    flags = [f"--model={path}", f"--video={video}", f"--output={output}"]
    assert run_here(monkeypatch, *flags) == 2
    assert str(path) in error_of(capfd)
    assert not output.exists()


def test_a_trusted_model_has_none(tflite, video, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "try_model", lambda *_: pytest.fail("a trial"))
    output = tmp_path / "out.gif"
    flags = [f"--model={tflite}", f"--video={video}", f"--output={output}"]
    assert run_here(monkeypatch, *flags, "--trusted", "--num_future=1") is None
    assert output.exists()


def test_a_source_is_needed(tflite, monkeypatch, capfd):
    flags = [f"--model={tflite}", "--output=out.gif"]
    assert run_here(monkeypatch, *flags) == 2
    assert "--video --frames is required" in error_of(capfd)


def test_damaged_files_are_named(tflite, video, tmp_path, monkeypatch, capfd):
    usual = [f"--model={tflite}", "--output=out.gif"]
    video.write_bytes(video.read_bytes()[:3000])
    assert run_here(monkeypatch, *usual, f"--video={video}") == 2
    assert "walk.avi: " in error_of(capfd)
    for number in range(3):
        (tmp_path / f"{number}.png").write_text("not an image")
    assert run_here(monkeypatch, *usual, f"--frames={tmp_path}") == 2
    assert "0.png: not a readable image" in error_of(capfd)


def test_a_missing_package_is_named(tflite, video, tmp_path, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "keras_drnet.data.observed_frames", None)
    output = tmp_path / "out.gif"
    usual = [f"--model={tflite}", f"--video={video}", f"--output={output}"]
    assert run_here(monkeypatch, *usual) == 2
    assert "pip install -r requirements.txt" in error_of(capfd)


def error_of(capfd):
    (error,) = [line for line in capfd.readouterr().err.splitlines() if "Error" in line]
    assert error.startswith("Error: ")
    return error
