"""The predictor for boards: it says what Keras says, on little, and for ever."""

import itertools
import pathlib
import shutil
import subprocess
import sys

import av
import imageio.v2 as imageio
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageSequence

from export import metadata, on_device
from export.formats.flatbuffer import Model
from export.graph.step_graph import StepGraph
from export.on_device import DeviceError, VideoPredictor
from export.on_device.__main__ import cli
from keras_drnet.config.presets import PRESETS
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.inference import video_predictor
from tests.support.networks import lively_networks
from tests.support.paths import ROOT
from tests.support.videos import walker, write_video

NUM_PAST = 3  # Of the tiny preset, whose frames are 32x32x3, 8 a second.
# Names of packages that a board does not have are refused, then a video predicted.
ON_A_BOARD = """
import sys

class Refuser:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in sys.argv[3].split(","):
            raise ImportError(f"{name} is not on this board")

sys.meta_path.insert(0, Refuser())
import numpy as np
from export.on_device import VideoPredictor

predictor = VideoPredictor(sys.argv[1])
predictor.seed(np.load(sys.argv[2]))
frames = [predictor.step() for _ in range(3)]
print(predictor.runtime, np.shape(frames))
"""
MEMORY = """
import resource, sys
import numpy as np
from export.on_device import VideoPredictor

def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

predictor = VideoPredictor(sys.argv[1])
past = np.load(sys.argv[2])
for count in (200, 2800):
    for _ in range(count // 100):
        predictor.seed(past)
        for _ in range(100):
            predictor.step()
    print(resident_bytes())
"""


@pytest.fixture(scope="module")
def config():
    unet = ["model.content_encoder=dcgan_unet", "model.decoder=dcgan_unet"]
    return PRESETS["tiny"]().with_overrides(unet)


@pytest.fixture(scope="module")
def networks(config):
    return lively_networks(config)


@pytest.fixture(scope="module")
def model(config, networks, tmp_path_factory):
    """The bytes of a model, `step` first, and its signatures."""
    graph = StepGraph(networks, config.data.num_past)
    functions = graph.functions(batch_size=1)
    folder = str(tmp_path_factory.mktemp("saved_model"))
    tf.saved_model.save(graph, folder, signatures=functions)
    converter = tf.lite.TFLiteConverter.from_saved_model(
        folder, signature_keys=list(functions)
    )
    model = Model(converter.convert())
    model.put_first("step")
    return model.content(), graph.signatures(functions, config.data, "tiny")


@pytest.fixture(scope="module")
def bundle(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "drnet.tflite"
    path.write_bytes(metadata.attach(*model))
    return path


@pytest.fixture(scope="module")
def clip(config):
    """Frames `[8, 32, 32, 3]`."""
    return clip_frames(load_source(config, "test"), 0, 1)[0]


@pytest.fixture(scope="module")
def past_file(clip, tmp_path_factory):
    path = tmp_path_factory.mktemp("past") / "past.npy"
    np.save(path, clip[:NUM_PAST])
    return path


@pytest.fixture(params=on_device.RUNTIMES)
def runtime(request):
    pytest.importorskip(
        on_device.RUNTIMES[request.param][0],
        reason=f"{request.param} is not among the requirements of this Python",
    )
    return request.param


@pytest.fixture
def predictor(bundle):
    return VideoPredictor(bundle)


def roll_out(predictor, frames, count):
    predictor.seed(frames)
    return np.stack([predictor.step() for _ in range(count)])


def test_a_hundred_frames_are_those_of_keras(bundle, networks, clip, runtime):
    past = clip[:NUM_PAST]
    expected = video_predictor.VideoPredictor(networks).predict(past[np.newaxis], 100)[
        0
    ]
    assert np.abs(np.diff(expected, axis=0)).max() > 0.01, "a still video proves little"
    predictor = VideoPredictor(bundle, runtime=runtime)
    assert predictor.runtime == runtime
    frames = roll_out(predictor, past, 100)
    assert frames.dtype == np.float32
    np.testing.assert_allclose(frames, expected, atol=1e-4)
    np.testing.assert_array_equal(roll_out(predictor, past, 100), frames)


def test_the_last_frames_are_observed(predictor, clip):
    expected = roll_out(predictor, clip[-NUM_PAST:], 5)
    np.testing.assert_array_equal(roll_out(predictor, clip, 5), expected)
    np.testing.assert_array_equal(roll_out(predictor, list(clip), 5), expected)
    assert np.abs(roll_out(predictor, clip[:NUM_PAST], 5) - expected).max() > 1e-3


def test_a_predictor_is_an_endless_video(predictor, clip):
    expected = roll_out(predictor, clip, 12)
    predictor.seed(clip)
    frames = list(itertools.islice(predictor, 10))
    frames += itertools.islice(predictor, 2)
    np.testing.assert_array_equal(frames, expected)


def test_a_frame_stays_as_it_is(bundle, clip, runtime):
    predictor = VideoPredictor(bundle, runtime=runtime)
    predictor.seed(clip)
    first = predictor.step()
    kept = first.copy()
    second = predictor.step()
    np.testing.assert_array_equal(first, kept)
    assert np.abs(second - first).max() > 0
    second[:] = 0
    predictor.seed(clip)
    np.testing.assert_array_equal(predictor.step(), kept)


def test_it_has_the_sizes_of_its_model(predictor, model):
    assert predictor.signatures == model[1]


def test_nothing_grows(bundle, past_file):
    if not pathlib.Path("/proc/self/statm").exists():
        pytest.skip("needs /proc")
    before, after = map(int, python(ROOT, MEMORY, bundle, past_file).split())
    assert after - before < 3e6


def test_the_files_of_the_recipe_run_on_a_board(bundle, past_file, tmp_path):
    light = [name for name in on_device.RUNTIMES if name != "tensorflow"]
    if not any(is_installed(name) for name in light):
        pytest.skip("no runtime but TensorFlow is installed")
    for pattern in ("on_device/*.py", "metadata.py", "signatures.py"):
        for path in (ROOT / "export").glob(pattern):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    refused = "tensorflow,keras,keras_drnet,absl,av,imageio,PIL"
    output = python(tmp_path, ON_A_BOARD, bundle, past_file, refused)
    assert output.split(maxsplit=1)[0] in light
    assert output.endswith("(3, 32, 32, 3)\n")


def python(folder, script, *arguments):
    result = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def is_installed(runtime):
    try:
        return bool(on_device.load_runtime(runtime))
    except DeviceError:
        return False


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f[:2], r"shape \[2, 32, 32, 3\]; expected .* T at least 3"),
        (lambda f: f[:, :16], r"expected \[T, 32, 32, 3\]"),
        (lambda f: f[..., :1], r"shape \[8, 32, 32, 1\]"),
        (lambda f: f[0], r"shape \[32, 32, 3\]"),
        (lambda f: 0.5, r"shape \[\]"),
        (lambda f: f * np.nan, "from nan to nan; expected finite"),
        (lambda f: f + np.inf, "inf; expected finite"),
        (lambda f: f - 0.1, r"from -0.1 .* expected finite ones in \[0, 1\]"),
        (lambda f: np.round(f * 255).astype(np.uint8), "divide bytes by 255"),
    ],
)
def test_wrong_frames_are_refused_and_change_nothing(predictor, clip, change, message):
    expected = roll_out(predictor, clip, 2)
    predictor.seed(clip)
    predictor.step()
    with pytest.raises(DeviceError, match=message):
        predictor.seed(change(clip))
    np.testing.assert_array_equal(predictor.step(), expected[1])


def test_a_step_needs_a_seed(predictor):
    with pytest.raises(DeviceError, match=r"call seed\(frames\) before step"):
        predictor.step()
    with pytest.raises(DeviceError, match="call seed"):
        next(iter(predictor))


def other_first(content, about):
    model = Model(content)
    model.put_first("decode")
    return metadata.attach(model.content(), about)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda content, about: b"hello", "has no signatures.json inside; expected"),
        (lambda content, about: b"", "has no signatures.json inside"),
        (lambda content, about: content, "has no signatures.json inside"),
        (lambda c, about: metadata.attach(c, about)[:-100], "has no signatures.json"),
        (lambda c, about: metadata.attach(c, about)[:999], "has no signatures.json"),
        (lambda content, about: metadata.attach(b"nonsense", about), "cannot load"),
        (other_first, "first function of .* is not `step`; expected"),
    ],
)
def test_other_files_are_refused(model, tmp_path, runtime, make, message):
    path = tmp_path / "drnet.tflite"
    path.write_bytes(make(*model))
    with pytest.raises(DeviceError, match=message):
        VideoPredictor(path, runtime=runtime)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DeviceError, match="none.tflite cannot be read: No such file"):
        VideoPredictor(tmp_path / "none.tflite")
    with pytest.raises(DeviceError, match="cannot be read: Is a directory"):
        VideoPredictor(tmp_path)


def test_threads_are_counted_from_one(bundle):
    with pytest.raises(DeviceError, match="num_threads"):
        VideoPredictor(bundle, num_threads=0)


def test_an_unknown_runtime_is_refused(bundle):
    with pytest.raises(DeviceError, match="Unknown runtime 'onnx'; expected one of"):
        VideoPredictor(bundle, runtime="onnx")


def test_the_first_runtime_that_is_installed_runs(bundle, monkeypatch):
    for name in ("ai_edge_litert", "tflite_runtime"):
        monkeypatch.setitem(sys.modules, on_device.RUNTIMES[name][0], None)
        with pytest.raises(DeviceError, match=f"pip install {name.replace('_', '-')}"):
            VideoPredictor(bundle, runtime=name)
    assert VideoPredictor(bundle).runtime == "tensorflow"
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(DeviceError, match="pip install ai-edge-litert"):
        VideoPredictor(bundle)


@pytest.fixture
def video(tmp_path):
    """Two seconds: 16 frames at the rate of the model."""
    return write_video(tmp_path / "walk.avi", walker(50))


def run(*flags):
    return subprocess.run(
        [sys.executable, "-m", "export.on_device", *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_video_goes_on_in_a_video(bundle, video, tmp_path, suffix):
    output = tmp_path / "new" / f"out{suffix}"
    result = run(
        f"--model={bundle}",
        f"--video={video}",
        f"--output={output}",
        "--num_future=9",
        "--num_threads=2",
        "--runtime=tensorflow",
        "--scale=3",
    )
    assert result.returncode == 0, result.stderr
    assert "9 frames with tensorflow" in result.stdout
    assert "ms a frame (median)" in result.stdout
    assert result.stdout.endswith(f"{output}\n")
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


def test_pictures_go_on_in_a_strip(bundle, predictor, tmp_path, monkeypatch):
    folder, output = tmp_path / "frames", tmp_path / "out.png"
    folder.mkdir()
    pictures = walker(6, height=32, width=32)
    for number, picture in enumerate(pictures):
        imageio.imwrite(folder / f"{number:03d}.png", picture)
    (folder / "notes.txt").write_text("of the same walk")
    flags = [f"--model={bundle}", f"--frames={folder}", f"--output={output}"]
    assert run_here(monkeypatch, *flags, "--first_frame=2", "--num_future=40") is None
    strip = imageio.imread(output)
    side = 2 * 32 + 2
    assert strip.shape == (3 * side, 20 * side, 3)
    np.testing.assert_array_equal(
        strip[1 : side - 1 : 2, 1 : side - 1 : 2], pictures[2]
    )
    left = NUM_PAST * side + 1
    frame = roll_out(predictor, pictures[2:5] / 255, 1)[0]
    drawn = strip[1 : side - 1 : 2, left : left + side - 2 : 2]
    np.testing.assert_allclose(drawn / 255, frame, atol=0.01)


def run_here(monkeypatch, *flags):
    monkeypatch.setattr(sys, "argv", ["on_device", *flags])
    return cli()


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
        (["--first_frame=14"], "has 16 frames; expected at least 17, 3 from frame 14"),
        (["--output=/proc/none/out.gif"], "/proc/none"),
    ],
)
def test_bad_flags_are_explained(bundle, video, monkeypatch, capfd, flags, message):
    usual = [f"--model={bundle}", f"--video={video}", "--output=out.gif"]
    assert run_here(monkeypatch, *usual, *flags) == 2
    assert message in error_of(capfd)


def test_a_source_is_needed(bundle, monkeypatch, capfd):
    flags = [f"--model={bundle}", "--output=out.gif"]
    assert run_here(monkeypatch, *flags) == 2
    assert "--video --frames is required" in error_of(capfd)


def test_damaged_files_are_named(bundle, video, tmp_path, monkeypatch, capfd):
    usual = [f"--model={bundle}", "--output=out.gif"]
    video.write_bytes(video.read_bytes()[:3000])
    assert run_here(monkeypatch, *usual, f"--video={video}") == 2
    assert "walk.avi: " in error_of(capfd)
    for number in range(3):
        (tmp_path / f"{number}.png").write_text("no picture")
    assert run_here(monkeypatch, *usual, f"--frames={tmp_path}") == 2
    assert "0.png: not a readable picture" in error_of(capfd)


def test_a_missing_package_is_named(bundle, video, tmp_path, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "keras_drnet.data.observed_frames", None)
    output = tmp_path / "out.gif"
    usual = [f"--model={bundle}", f"--video={video}", f"--output={output}"]
    assert run_here(monkeypatch, *usual) == 2
    assert "pip install -r requirements.txt" in error_of(capfd)


def error_of(capfd):
    (error,) = [line for line in capfd.readouterr().err.splitlines() if "Error" in line]
    assert error.startswith("Error: ")
    return error
