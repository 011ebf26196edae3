"""The command line of the client, and the server's configuration files."""

import dataclasses
import os
import re
import sys

import imageio.v2 as imageio
import numpy as np
import pytest
import yaml
from google.protobuf import text_format
from PIL import Image
from tensorflow_serving.config import model_server_config_pb2

from tests.support.paths import ROOT
from tests.support.processes import run_command, run_module
from tests.support.videos import walker, write_video

pytestmark = pytest.mark.xdist_group("serving")
SERVING = ROOT / "export" / "serving"
NUM_PAST = 3  # As in the preset `tiny`.


@pytest.fixture(scope="module")
def files(served, tmp_path_factory):
    """A folder with the signatures, a video, and a folder of the same frames."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "signatures.json").write_text(served.signatures.to_json())
    frames = walker(12)
    write_video(folder / "walk.avi", frames, rate=served.signatures.frame_rate)
    (folder / "frames").mkdir()
    for number, frame in enumerate(frames, 1):
        Image.fromarray(frame).save(folder / "frames" / f"frame{number}.png")
    return folder


def run(*command, **environment):
    return run_command(*command, env=os.environ | environment)


def predict(files, output, *flags):
    return run(
        sys.executable,
        "-m",
        "export.serving_client",
        f"--signatures={files / 'signatures.json'}",
        f"--output={output}",
        *flags,
    )


def test_a_video_is_continued(served, files, tmp_path):
    output = tmp_path / "new" / "future.gif"
    result = predict(
        files,
        output,
        f"--server={served.addresses['rest']}",
        f"--video={files / 'walk.avi'}",
        "--num_future=7",
        "--first_frame=2",
    )
    assert (result.returncode, result.stdout) == (0, f"{output}\n"), result.stderr
    frames = imageio.mimread(output)
    assert len(frames) == NUM_PAST + 7
    # 32 pixels, twice enlarged, with a border of 2.
    assert frames[0].shape[:2] == (68, 68)
    borders = [frame[0, 0, :3].argmax() for frame in frames]
    assert borders == [1] * NUM_PAST + [0] * 7  # Green, then red.


WITHOUT_CHILDREN = """
import sys
from export import serving_client
from export.serving import grpc_transport  # Starts a process as TensorFlow loads.

def refuse(event, arguments):
    if event in ("subprocess.Popen", "os.fork", "os.posix_spawn"):
        raise AssertionError(f"A fork is not safe beside gRPC: {event} {arguments}")

sys.addaudithook(refuse)
serving_client.entry_point()
"""


def test_images_are_continued_stepwise_over_grpc(served, files, tmp_path):
    """Stepwise, `max_future` is no limit; beside gRPC no process is started."""
    signatures = dataclasses.replace(served.signatures, max_future=20)
    (tmp_path / "signatures.json").write_text(signatures.to_json())
    output = tmp_path / "future.mp4"
    result = run(
        sys.executable,
        "-c",
        WITHOUT_CHILDREN,
        f"--signatures={tmp_path / 'signatures.json'}",
        f"--output={output}",
        f"--server={served.addresses['grpc']}",
        "--protocol=grpc",
        "--version_label=stable",
        f"--frames={files / 'frames'}",
        "--first_frame=9",
        "--stepwise",
        "--num_future=21",
        "--scale=1",
    )
    assert result.returncode == 0, result.stderr
    with imageio.get_reader(output) as reader:
        assert sum(1 for _ in reader) == NUM_PAST + 21
        # The last frames of the folder, in their natural order: 10, 11, 12.
        observed = reader.get_data(0)[2:34, 2:34]
    expected = np.asarray(Image.open(files / "frames" / "frame10.png").resize((32, 32)))
    assert np.abs(observed - expected.astype(float)).mean() < 8


@pytest.mark.parametrize(("resize", "edge"), [("squash", "red"), ("crop", "green")])
def test_wide_frames_are_fitted_as_in_training(served, tmp_path, resize, edge):
    signatures = dataclasses.replace(served.signatures, resize=resize)
    (tmp_path / "signatures.json").write_text(signatures.to_json())
    wide = np.zeros((32, 64, 3), np.uint8)
    wide[..., 0], wide[:, 16:48] = 255, (0, 255, 0)  # A green square, red beside it.
    (tmp_path / "frames").mkdir()
    for number in range(NUM_PAST):
        Image.fromarray(wide).save(tmp_path / "frames" / f"{number}.png")
    result = predict(
        tmp_path,
        tmp_path / "future.gif",
        f"--server={served.addresses['rest']}",
        f"--frames={tmp_path / 'frames'}",
        "--num_future=1",
        "--scale=1",
    )
    assert result.returncode == 0, result.stderr
    observed = imageio.mimread(tmp_path / "future.gif")[0][2:34, 2:34, :3]
    assert observed[16, 16].argmax() == 1
    assert observed[16, 1].argmax() == ["red", "green"].index(edge)


def test_wrong_flags_are_explained(files, tmp_path):
    signatures, video = files / "signatures.json", files / "walk.avi"
    output = tmp_path / "out.gif"
    cases = {
        "num_future is 1001; expected 1 to 1000.*--stepwise": ["--num_future=1001"],
        "has 12 frames; expected at least 13, because the model observes 3": [
            "--first_frame=10"
        ],
        "signatures.json: not a readable video": [f"--video={signatures}"],
        "nowhere.mp4: not a readable video": [f"--video={files}/nowhere.mp4"],
        "Exactly one of .video, frames.": [f"--frames={files}"],
        "--protocol=soap: value should be one of": ["--protocol=soap"],
        "name one of them": ["--version=1", "--version_label=stable"],
        "walk.avi is not text": [f"--signatures={video}"],
        "This is not a signatures.json": [f"--signatures={files}/other.json"],
        "expected http://HOST:PORT": ["--server=nowhere:port"],
        "Unknown kind of video .*'.txt'": [f"--output={tmp_path}/out.txt"],
        "127.0.0.1:1 is not available: .*refused": ["--retries=0"],
    }
    (files / "other.json").write_text("[]")
    usual = [
        f"--signatures={signatures}",
        f"--video={video}",
        f"--output={output}",
        "--server=http://127.0.0.1:1",
    ]
    for message, flags in cases.items():
        done = run_module("export.serving_client", *usual, *flags)
        error = done.stderr
        assert done.returncode == 2
        assert error.startswith("Error: ") and error.count("\n") == 1
        assert re.search(message, error), error
    assert not list(tmp_path.iterdir())


def test_the_smoke_test_passes_only_with_a_server(served, files):
    smoke = SERVING / "smoke.sh"
    video, server = files / "walk.avi", served.addresses["rest"]
    result = run("sh", smoke, files, video, server, PYTHON=sys.executable)
    assert result.returncode == 0, result.stderr
    assert "Smoke test passed" in result.stdout
    result = run("sh", smoke, files, video, "http://127.0.0.1:1", WAIT="0")
    assert result.returncode == 1
    assert "no model 'drnet' at http://127.0.0.1:1" in result.stderr
    assert run("sh", smoke).returncode == 2


def test_models_config_is_a_model_server_config():
    text = (SERVING / "models.config").read_text()
    config = model_server_config_pb2.ModelServerConfig()
    (model,) = text_format.Parse(text, config).model_config_list.config
    assert (model.name, model.base_path) == ("drnet", "/models/drnet")
    assert model.model_platform == "tensorflow"
    assert model.model_version_policy.latest.num_versions == 2
    assert not model.version_labels
    # The lines in comments too.
    lines = [line.removeprefix("    #   ") for line in text.splitlines()]
    labeled = "\n".join(line for line in lines if line.startswith(("model_v", "vers")))
    other = text_format.Parse(labeled, type(model)())
    assert list(other.model_version_policy.specific.versions) == [1, 2]
    assert dict(other.version_labels) == {"stable": 1, "canary": 2}


def test_compose_opens_local_ports_and_mounts_existing_files():
    (service,) = yaml.safe_load((SERVING / "compose.yaml").read_text())[
        "services"
    ].values()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    mounted = {}
    for volume in service["volumes"]:
        source, target, mode = volume.rsplit(":", 2)
        assert mode == "ro"
        mounted[target] = source
    named = [flag.split("=")[1] for flag in service["command"] if "/config/" in flag]
    assert len(named) == 3
    for path in named:
        assert (SERVING / mounted[path]).is_file()
