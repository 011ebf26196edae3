"""A bundle from a real process: whole, true to Keras in every format, repeatable."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from PIL import Image

from export import bundle, metadata, parity
from export.formats import quantize, to_onnx, to_tflite
from export.graph.step_graph import StepGraph
from export.on_device import VideoPredictor
from export.signatures import Signatures
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import PRESETS
from keras_drnet.errors import ExportError, InputError
from tests.support.networks import lively_networks, save_run
from tests.support.paths import ROOT

# One worker makes the bundles for all.
pytestmark = pytest.mark.xdist_group("bundle")
RUNGS = ("none", "float16", "dynamic", "int8", "int8_all")
TIMEOUT = 600


def command(run, output, *flags):
    return [
        *(sys.executable, "-m", "export.main", f"--run_dir={run}"),
        *(f"--output_dir={output}", *flags),
    ]


def export(run, output, *flags):
    return subprocess.run(
        command(run, output, *flags),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        cwd=ROOT,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose layers compute in bfloat16."""
    config = PRESETS["tiny"]().with_overrides(
        [
            "model.content_encoder=dcgan_unet",
            "model.pose_encoder=dcgan_points",
            "model.decoder=dcgan_unet",
            "precision=mixed_bfloat16",
        ]
    )
    networks = lively_networks(config, dtype="mixed_bfloat16")
    return save_run(tmp_path_factory.mktemp("runs") / "unet", config, networks)


@pytest.fixture(scope="module")
def made(run, tmp_path_factory):
    """The bundle's folder, with every rung whatever its gate says."""
    output = tmp_path_factory.mktemp("bundles") / "bundle"
    done = export(run.path, output, f"--quantize={','.join(RUNGS)}", "--force")
    assert done.returncode == 0, done.stderr
    assert "drnet_int8.tflite" in done.stdout
    return output


@pytest.fixture(scope="module")
def golden(made):
    with np.load(made / bundle.GOLDEN_FILE) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def signatures(made):
    return Signatures.from_json((made / "signatures.json").read_text())


@pytest.fixture(scope="module")
def networks(run):
    return run.load_networks()


def calls(made):
    return {
        "saved_model": parity.saved_model_call(made / "saved_model" / "1"),
        "onnx": parity.onnx_call(made / "onnx"),
        "tflite": parity.tflite_call(made / "drnet.tflite"),
    }


def test_every_file_is_listed_with_its_digest(made):
    manifest = json.loads((made / "manifest.json").read_text())
    files = [path for path in made.rglob("*") if path.is_file()]
    names = {path.relative_to(made).as_posix() for path in files}
    assert names - {"manifest.json"} == manifest["files"].keys()
    for name, entry in manifest["files"].items():
        content = (made / name).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["versions"]["tensorflow"] == tf.__version__
    assert manifest["config"]["model"]["decoder"] == "dcgan_unet"
    assert not list(made.parent.glob("*.unfinished"))
    assert not list(made.parent.glob("*.log"))


@pytest.mark.parametrize("name", ["saved_model", "onnx", "tflite"])
def test_every_function_is_that_of_keras(made, golden, name):
    assert parity.greatest_difference(calls(made)[name], golden) < 1e-5


@pytest.mark.parametrize("name", ["saved_model", "onnx"])
@pytest.mark.parametrize("batch_size", [1, 3, 7])
def test_roll_outs_of_any_batch_are_those_of_keras(
    made, networks, rng, name, batch_size
):
    past = rng.random((batch_size, 3, 32, 32, 3), np.float32)
    count = np.full(batch_size, 100, np.int32)
    future = calls(made)[name]("serving_default", {"past": past, "num_future": count})
    expected = bundle.VideoPredictor(networks).predict(past, 100)
    np.testing.assert_allclose(future["future"], expected, atol=1e-5)


@pytest.mark.parametrize("name", ["saved_model", "onnx"])
def test_step_by_step_is_the_fused_roll_out(made, signatures, rng, name):
    call = calls(made)[name]
    past = rng.random((2, 3, 32, 32, 3), np.float32)
    tensors = call("seed", {"past": past})
    for t in range(10):
        outputs = call("step", tensors)
        tensors |= {key: outputs[key] for key in signatures.state}
        fused = call(
            "serving_default",
            {"past": past, "num_future": np.full(2, t + 1, np.int32)},
        )
        np.testing.assert_allclose(outputs["frame"], fused["future"][:, -1], atol=1e-5)


@pytest.mark.parametrize("rung", RUNGS)
def test_every_tflite_file_rolls_out(made, golden, rung):
    path = made / quantize.LADDER[rung].file
    predictor = VideoPredictor(path, runtime="tflite_runtime")
    predictor.seed(golden["roll_out/inputs/past"][0])
    frames = np.stack([predictor.step() for _ in range(parity.GOLDEN_FRAMES)])
    error = np.abs(frames - golden["roll_out/outputs/future"][0]).max()
    assert error < {"none": 1e-5, "float16": 0.02}.get(rung, 0.3)


def test_quantised_files_are_smaller(made):
    sizes = {r: (made / quantize.LADDER[r].file).stat().st_size for r in RUNGS}
    assert sizes["dynamic"] < sizes["float16"] < sizes["none"]


def test_only_layers_of_the_decoder_are_int8(made):
    """Otherwise the recurrence would round its own state."""
    interpreter = tf.lite.Interpreter(str(made / "drnet_int8.tflite"))
    runner = interpreter.get_signature_runner("step")
    kinds = {d["dtype"] for d in runner.get_input_details().values()}
    assert kinds == {np.float32}
    names = {
        tensor["name"]
        for tensor in interpreter.get_tensor_details()
        if tensor["dtype"] == np.int8
    }
    assert any("sub_pixel_stage" in name for name in names)
    assert not any("split_pose_lstm" in name for name in names)


def test_weights_are_shared_by_the_functions(made, networks):
    parts = ("content_encoder", "pose_encoder", "decoder", "pose_lstm")
    count = sum(getattr(networks, part).count_params() for part in parts)
    assert (made / "drnet.tflite").stat().st_size < 4 * count + 250_000


def test_signatures_say_what_the_formats_have(made, signatures):
    loaded = tf.saved_model.load(str(made / "saved_model" / "1")).signatures
    assert set(loaded) == set(signatures.functions)
    embedded = metadata.read(made / "drnet.tflite")
    interpreter = tf.lite.Interpreter(str(made / "drnet.tflite"))
    listed = interpreter.get_signature_list()
    assert set(listed) == set(embedded.functions)
    assert set(signatures.functions) == {*embedded.functions, "serving_default"}
    for name, function in signatures.functions.items():
        _, inputs = loaded[name].structured_input_signature
        assert {k: tuple(v.shape) for k, v in inputs.items()} == {
            k: v.shape for k, v in function.inputs.items()
        }
        session = onnxruntime.InferenceSession(made / "onnx" / f"{name}.onnx")
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


def test_the_first_example_is_the_golden_clip(made, golden):
    assert sorted(p.name for p in (made / "examples").iterdir()) == ["1", "2", "3", "4"]
    pictures = sorted((made / "examples" / "1").iterdir())
    frames = np.stack([np.asarray(Image.open(path)) for path in pictures])
    past = golden["roll_out/inputs/past"][0]
    np.testing.assert_allclose(frames / 255, past, atol=1 / 255)


def test_the_card_has_the_figures_of_every_file(made):
    text = (made / "model_card.md").read_text()
    assert all(f"`{quantize.LADDER[rung].file}`" in text for rung in RUNGS)
    assert "Not measured yet" in text and "{" not in text


def test_the_benchmark_times_every_file(made):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "export.benchmark", f"--bundle={made}"),
            *("--threads=1", "--rounds=1", "--long=200"),
        ],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    for name in (*(quantize.LADDER[rung].file for rung in RUNGS), "plain", "onnx"):
        assert f"\n{name}" in done.stdout, name
    assert "one roll-out of 200 frames" in done.stdout


def test_the_benchmark_needs_a_bundle(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "export.benchmark", f"--bundle={tmp_path}"],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        cwd=ROOT,
    )
    assert done.returncode == 2 and "is no bundle to time" in done.stderr


def test_a_killed_export_leaves_no_bundle_and_the_next_is_the_same(run, made, tmp_path):
    output = tmp_path / "bundle"
    # The ONNX converter numbers its nodes differently each time.
    flags = ["--formats=tflite", "--quantize=none,int8", "--force"]
    process = subprocess.Popen(
        command(run.path, output, *flags), start_new_session=True, cwd=ROOT
    )
    unfinished = tmp_path / "bundle.unfinished"
    deadline = time.monotonic() + TIMEOUT
    while not (unfinished / "golden.npz").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert unfinished.exists() and not output.exists()

    done = export(run.path, output, *flags)
    assert done.returncode == 0, done.stderr
    assert not unfinished.exists()
    timed = {"model_card.md", "manifest.json"}
    for path in (p for p in output.rglob("*") if p.is_file() and p.name not in timed):
        name = path.relative_to(output)
        assert path.read_bytes() == (made / name).read_bytes(), name


def test_a_rung_that_drifts_is_refused(run, tmp_path, monkeypatch):
    """The file is whole and loads, but its weights are those of other networks."""
    write = to_tflite.write_tflite

    def write_other(saved_model, samples, name, signatures, path, *, log):
        if name == "float16":
            other = lively_networks(run.config(), seed=1)
            graph = StepGraph(other, run.config().data.num_past)
            tf.saved_model.save(
                graph, str(saved_model), signatures=graph.functions(batch_size=1)
            )
        write(saved_model, samples, name, signatures, path, log=log)

    monkeypatch.setattr(to_tflite, "write_tflite", write_other)
    output = tmp_path / "bundle"
    options = bundle.Options(formats=("tflite",), rungs=("none", "float16"))
    measured = {m.name: m for m in bundle.export_run(run, output, options)}
    assert measured["drnet.tflite"].passed
    assert not measured["drnet_float16.tflite"].passed
    assert (output / "drnet.tflite").exists()
    assert not (output / "drnet_float16.tflite").exists()
    assert "**refused**" in (output / "model_card.md").read_text()


@pytest.mark.parametrize("force", [False, True])
def test_a_drifting_saved_model_is_kept_by_force_alone(
    run, tmp_path, monkeypatch, force
):
    monkeypatch.setattr(quantize, "drift", lambda frames, reference: 10.0)
    options = bundle.Options(formats=("saved_model",), force=force)
    (measured,) = bundle.export_run(run, tmp_path / "bundle", options)
    assert not measured.passed
    assert (tmp_path / "bundle" / "saved_model" / "1").exists() == force


def test_operators_that_not_every_runtime_has_are_refused():
    @tf.function(input_signature=[tf.TensorSpec((4, 4))])
    def flexible(x):
        return tf.linalg.det(x)

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [flexible.get_concrete_function()], flexible
    )
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS,
        tf.lite.OpsSet.SELECT_TF_OPS,
    ]
    with pytest.raises(
        ExportError, match=r"odd\.tflite has .*CUSTOM:FlexMatrixDeterminant"
    ):
        to_tflite.check_operators(converter.convert(), "odd.tflite")


def test_a_failed_conversion_ends_with_a_sentence(run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        to_tflite, "write_samples", lambda path, samples: path.write_text("no archive")
    )
    output = tmp_path / "bundle"
    options = bundle.Options(formats=("tflite",), rungs=("none",))
    with pytest.raises(
        ExportError, match="export.formats.to_tflite failed with exit code 1"
    ):
        bundle.export_run(run, output, options)
    (log,) = tmp_path.iterdir()
    assert log.name == "bundle.conversion.log" and "Traceback" in log.read_text()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--formats=tflight"], "Unknown format 'tflight'; expected one of"),
        (["--quantize=int4"], "Unknown quantisation 'int4'; expected one of"),
        (["--version=0"], "0 is not a positive integer"),
        (["--run_dir=nowhere"], "nowhere is not a run folder"),
    ],
)
def test_a_wrong_flag_gives_one_sentence(run, tmp_path, flags, message):
    done = export(run.path, tmp_path / "bundle", *flags)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ") and message in done.stderr
    assert not (tmp_path / "bundle").exists()


def test_a_folder_that_is_there_is_not_touched(run, tmp_path):
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        bundle.export_run(run, tmp_path, bundle.Options())
    assert (tmp_path / "kept").read_text() == "mine"


def test_a_run_without_its_second_stage_is_refused(run, tmp_path):
    shutil.copytree(run.path, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "pose")
    with pytest.raises(InputError, match="no checkpoint of stage 'pose' yet"):
        bundle.export_run(
            RunFolder(tmp_path / "run"), tmp_path / "bundle", bundle.Options()
        )
