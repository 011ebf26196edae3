"""The files of a bundle, and exports that are refused."""

import hashlib
import json
import pathlib
import shutil

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from PIL import Image

from export import metadata, model_card
from export.bundle import Options, export_run
from export.formats import to_onnx
from export.formats.schemes import SCHEMES
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.errors import InputError
from tests.support.processes import run_module

pytestmark = pytest.mark.xdist_group("bundle")


def test_every_file_is_listed_with_its_digest(bundle):
    manifest = json.loads((bundle / "manifest.json").read_text())
    files = [path for path in bundle.rglob("*") if path.is_file()]
    names = {path.relative_to(bundle).as_posix() for path in files}
    assert names - {"manifest.json"} == manifest["files"].keys()
    for name, entry in manifest["files"].items():
        content = (bundle / name).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["versions"]["tensorflow"] == tf.__version__
    assert manifest["config"]["model"]["decoder"] == "dcgan_unet"
    assert not list(bundle.parent.glob("*.unfinished"))
    assert not list(bundle.parent.glob("*.log"))


def test_weights_are_shared_by_the_functions(tflite, networks):
    parts = ("content_encoder", "pose_encoder", "decoder", "pose_lstm")
    count = sum(getattr(networks, part).count_params() for part in parts)
    assert tflite.stat().st_size < 4 * count + 250_000


def test_signatures_match_the_models(bundle, tflite, signatures):
    loaded = tf.saved_model.load(str(bundle / "saved_model" / "1")).signatures
    assert set(loaded) == set(signatures.functions)
    embedded = metadata.read(tflite)
    interpreter = tf.lite.Interpreter(str(tflite))
    listed = interpreter.get_signature_list()
    assert set(listed) == set(embedded.functions)
    assert set(signatures.functions) == {*embedded.functions, "serving_default"}
    for name, function in signatures.functions.items():
        _, inputs = loaded[name].structured_input_signature
        assert {k: tuple(v.shape) for k, v in inputs.items()} == {
            k: v.shape for k, v in function.inputs.items()
        }
        session = onnxruntime.InferenceSession(bundle / "onnx" / f"{name}.onnx")
        assert {i.name for i in session.get_inputs()} == function.inputs.keys()
        assert {o.name for o in session.get_outputs()} == {
            to_onnx.output_name(output, function.inputs) for output in function.outputs
        }
    for name, function in embedded.functions.items():
        runner = interpreter.get_signature_runner(name)
        for details, tensors in (
            (runner.get_input_details(), function.inputs),
            (runner.get_output_details(), function.outputs),
        ):
            assert {k: tuple(v["shape"]) for k, v in details.items()} == {
                k: v.shape for k, v in tensors.items()
            }


def test_the_first_example_is_the_golden_clip(bundle, golden):
    examples = bundle / "examples"
    assert sorted(path.name for path in examples.iterdir()) == ["1", "2", "3", "4"]
    images = sorted((examples / "1").iterdir())
    frames = np.stack([np.asarray(Image.open(path)) for path in images])
    past = golden["roll_out/inputs/past"][0]
    np.testing.assert_allclose(frames / 255, past, atol=1 / 255)


@pytest.mark.parametrize("text", ["{", "[]", '{"prediction": {"drnet": 3}}'])
def test_damaged_figures_do_not_cost_the_bundle(run, signatures, tmp_path, text):
    copy = pathlib.Path(shutil.copytree(run.path, tmp_path / "run"))
    (copy / "evaluation").mkdir(exist_ok=True)
    (copy / "evaluation" / "metrics.json").write_text(text)
    card = model_card.text(RunFolder(copy), signatures, [])
    assert "Not known: " in card and "metrics.json cannot be used" in card


def test_the_model_card_lists_every_file(bundle):
    text = (bundle / "model_card.md").read_text()
    assert all(f"`{scheme.file}`" in text for scheme in SCHEMES.values())
    assert "Not measured yet" in text and "{" not in text


def test_a_wrong_flag_gives_one_sentence(run, tmp_path):
    output = tmp_path / "bundle"
    cases = {
        "--formats=tflight": "Unknown format 'tflight'; expected one of",
        "--quantize=int4": "Unknown quantization 'int4'; expected one of",
        "--version=0": "0 is not a positive integer",
        "--run_dir=nowhere": "nowhere is not a run folder",
    }
    usual = [f"--run_dir={run.path}", f"--output_dir={output}"]
    for flag, message in cases.items():
        done = run_module("export.main", *usual, flag)
        assert done.returncode == 2
        assert done.stderr.startswith("Error: ") and message in done.stderr
    assert not output.exists()


def test_an_existing_folder_is_not_changed(run, tmp_path):
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        export_run(run, tmp_path, Options())
    assert (tmp_path / "kept").read_text() == "mine"


def test_a_run_without_its_second_stage_is_refused(run, tmp_path):
    shutil.copytree(run.path, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "pose")
    with pytest.raises(InputError, match="no checkpoint of stage 'pose' yet"):
        export_run(RunFolder(tmp_path / "run"), tmp_path / "bundle", Options())
