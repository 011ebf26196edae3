"""Runs on the Hugging Face Hub, of which a server here takes the place."""

import dataclasses
import json
import pathlib
import sys

import numpy as np
import pytest

from keras_drnet.checkpoints import hub
from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import PRESETS
from keras_drnet.errors import InputError
from keras_drnet.inference.load import load_predictor
from tests.support.hub_server import Model, environment, files_of, serve
from tests.support.networks import lively_networks, save_run
from tests.support.paths import ROOT
from tests.support.processes import run_command

# Loads what the arguments name; prints for each a list of pixels, or the error.
LOAD = """
import json, sys
import numpy as np
import keras_drnet
past = np.linspace(0, 1, 3 * 32 * 32 * 3, dtype="float32").reshape(1, 3, 32, 32, 3)
for source in sys.argv[1:]:
    try:
        future = keras_drnet.load(source).predict(past, 2)
        print(json.dumps(future[0, :, 16, 16].tolist()))
    except keras_drnet.InputError as error:
        print(json.dumps(str(error)))
"""


def load(sources, env, cwd=ROOT):
    env = env | {"PYTHONPATH": str(ROOT)}
    done = run_command(sys.executable, "-c", LOAD, *sources, env=env, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A released run with files that are none of a run's, and its prediction."""
    folder, config = tmp_path_factory.mktemp("runs"), PRESETS["tiny"]()
    run = save_run(folder / "run", config, lively_networks(config))
    copy = release(run, folder / "copy")
    past = np.linspace(0, 1, 3 * 32 * 32 * 3, dtype="float32").reshape(1, 3, 32, 32, 3)
    expected = load_predictor(copy).predict(past, 2)[0, :, 16, 16]
    files = files_of(copy.path) | {"README.md": b"# Tiny\n"}
    others = {"setup.py": b"raise SystemExit", "drnet/weights.pkl": b"\x80\x04."}
    return files | others, expected


@pytest.fixture(scope="module")
def models(shared):
    files, _ = shared
    config = json.loads(files["config.json"])
    huge = json.dumps(config | {"model": config["model"] | {"lstm_units": 60_000}})
    weights = next(name for name in files if name.endswith("decoder.npz"))
    return {
        "us/tiny": Model(files, revisions=("main", "v1")),
        "us/gated": Model(files, is_gated=True),
        "us/no_run": Model({"README.md": b"", "config.txt": b"{}"}),
        "us/large": Model(files, sizes={weights: 1 << 50}),
        "us/long": Model(files, sizes={"config.json": 1 << 30}),
        "us/many": Model(files | {f"a{i}/step_1/x.npz": b"" for i in range(1001)}),
        "us/huge": Model(files | {"config.json": huge.encode()}),
        # What the Hub keeps of a link: its target.
        "us/link": Model(files | {"config.json": b"../../../../etc/passwd"}),
        "us/above": Model(files | {"evaluation/../../../../up.json": b"{}"}),
        "us/changed": Model(files | {weights: files[weights][:-1] + b"x"}),
    }


REFUSED = {
    "hf://us/none": "shows you no model us/none: correct the name or, if it is private",
    "hf://us/gated": "gated: ask for access at https://huggingface.co/us/gated",
    "hf://us/tiny@v2": "no revision 'v2'; expected a branch, a tag or a commit",
    "hf://us/no_run": "is no run of keras_drnet: it has no config.json",
    "hf://us/large": "is not fetched: it has",
    "hf://us/long": "is not fetched: it has",
    "hf://us/many": "it has 1010 files",
    "hf://us/huge": "its configuration is one of",
    "hf://us/link": "it is not JSON",
    "hf://us/above": "hf://us/above cannot be fetched",
    "hf://us/changed": "is damaged",
}


def test_a_run_is_fetched_loaded_and_loaded_again_without_the_hub(
    models, shared, tmp_path
):
    files, expected = shared
    with serve(models) as (url, downloaded):
        env = environment(url, tmp_path / "cache")
        first, again, old = load(
            ["hf://us/tiny", "hf://us/tiny", "hf://us/tiny@v1"], env
        )
        assert sorted(downloaded) == sorted(
            files.keys() - {"setup.py", "drnet/weights.pkl"}
        )
    for found in (first, again, old):
        np.testing.assert_allclose(found, expected, atol=1e-5)
    # The server is gone: with and without the variable the cache will do.
    names = ["hf://us/tiny@v1", "hf://us/other"]
    for offline in ({"HF_HUB_OFFLINE": "1"}, {}):
        cached, missing = load(names, env | offline)
        np.testing.assert_allclose(cached, expected, atol=1e-5)
        assert missing.startswith("hf://us/other is not in the cache, and the Hugging")


def test_what_is_wrong_is_said_in_a_sentence_and_nothing_else_is_written(
    models, tmp_path
):
    with serve(models) as (url, downloaded):
        env = environment(url, tmp_path / "up" / "cache")
        found = dict(zip(REFUSED, load(REFUSED, env, cwd=tmp_path), strict=True))
    for source, message in REFUSED.items():
        assert message in found[source], source
        assert "\n" not in found[source]
    assert {path.name for path in tmp_path.iterdir()} == {"up"}
    assert not list(tmp_path.rglob("up.json")) and "a0/step_1/x.npz" not in downloaded


def test_programs_take_it_and_write_to_a_folder_of_its_name(models, tmp_path):
    with serve(models) as (url, _):
        env = environment(url, tmp_path / "cache") | {"PYTHONPATH": str(ROOT)}

        def program(name, *flags):
            module = ("-m", f"keras_drnet.{name}", "--run_dir=hf://us/tiny@v1")
            command = (sys.executable, *module, *flags)
            return run_command(*command, env=env, cwd=tmp_path)

        shown, trained = program("show"), program("train")
        report = program("report", "--output=tiny.md")
        video = program("generate_video", "--num_future=2", "--num_clips=2")
    assert shown.stdout.startswith("hf://us/tiny@v1: drnet on moving_mnist.")
    assert trained.returncode == 2
    assert "--initialize_from=hf://us/tiny@v1" in trained.stderr
    assert report.returncode == 0, report.stderr
    assert "--run_dir=runs/tiny" in (tmp_path / "tiny.md").read_text()
    assert video.returncode == 0, video.stderr
    assert (tmp_path / "tiny" / "generated" / "future_0002.gif").is_file()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hf://us/tiny", hub.Address("us", "tiny")),
        ("hf://us/tiny-1.5_b@v1.0", hub.Address("us", "tiny-1.5_b", "v1.0")),
        ("hf://us/tiny@refs/pr/1", hub.Address("us", "tiny", "refs/pr/1")),
    ],
)
def test_an_address_is_read_and_written(text, expected):
    assert hub.parse(text) == expected and str(expected) == text


@pytest.mark.parametrize(
    "text",
    [
        "hf://tiny", "hf://us/tiny/more", "hf://us/..", "hf://../us", "hf://us/tiny@",
        "hf://us/tiny@../main", "hf://us/tiny@a/../../b", "hf://us/ti ny", "hf://us/ä",
        "hf:///us/tiny", "hf://us/tiny\n",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InputError, match="expected hf://owner/name or"):
        RunFolder(text)


def test_a_released_run_is_not_written_to(tmp_path, tiny):
    run = RunFolder("pretrained:moving_mnist")
    with pytest.raises(InputError, match="is a released run. Choose a new folder"):
        run.create(tiny)
    assert run.name == "moving_mnist"
    assert RunFolder(tmp_path / "mine").name == "mine"
    assert dataclasses.asdict(hub.Address("us", "a"))["revision"] is None
    assert pathlib.Path(run.output_path("a")) == pathlib.Path("moving_mnist/a")
