"""A bundle: the folder that an export makes of a run.

    bundle/
      saved_model/1/            for TF Serving, with warm-up requests
      drnet.tflite              and its quantized siblings
      onnx/<function>.onnx
      signatures.json           what the functions take and give
      golden.npz                inputs and outputs to test a program with
      examples/1/               observed frames of a test clip, as pictures; 2/, ...
      model_card.md             what it is, how good, how fast
      manifest.json             configuration, versions, SHA-256 of every file

All is made in a folder beside and renamed at the end: a bundle is there whole or not
at all.
"""

import dataclasses
import importlib.metadata
import json
import os
import pathlib
import platform
import shutil
import tempfile

import numpy as np
import tensorflow as tf

from export import model_card, parity
from export.formats import quantize, subprocesses, to_onnx, to_saved_model, to_tflite
from export.graph.step_graph import StepGraph
from export.measure import Measured, measure_tflite
from export.signatures import SIGNATURES_FILE
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.errors import ExportError, InputError
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.storage.files import sha256
from keras_drnet.visualization.frame_grid import frame_grid, write_png

FORMATS = ("saved_model", "tflite", "onnx")
MANIFEST_FILE, GOLDEN_FILE, CARD_FILE = "manifest.json", "golden.npz", "model_card.md"
EXAMPLES_FOLDER, EXAMPLE_CLIPS = "examples", 4
SAMPLE_CLIPS, SAMPLE_STEPS = 12, 12  # Training clips, and steps of each, to calibrate.
GATE_CLIPS = 8  # Test clips whose roll-outs are compared.
VERSIONS = ("keras", "numpy", "onnx", "tensorflow", "tf2onnx")


@dataclasses.dataclass(frozen=True)
class Options:
    """What to write.

    Attributes:
        formats: some of `FORMATS`.
        rungs: names of `quantize.LADDER`, for TFLite.
        version: number of the SavedModel's version.
        force: whether a rung past its gate is written all the same.
        data_dir: where the run's data are, or `None`: where its configuration says.
    """

    formats: tuple[str, ...] = FORMATS
    rungs: tuple[str, ...] = ("none", "float16", "int8")
    version: int = 1
    force: bool = False
    data_dir: str | None = None


def export_run(run, output_dir, options):
    """Write the bundle of a run.

    Args:
        run: a `RunFolder`, trained.
        output_dir: folder to make.
        options: `Options`.

    Returns:
        A list of `Measured`, one for each file or folder that was asked for; those
        not written for their drift are among them.

    Raises:
        InputError: the run or its data cannot be read, or the folder exists or
            cannot be written.
        ExportError: a conversion failed; nothing is left in `output_dir`.
    """
    output_dir = pathlib.Path(output_dir)
    if output_dir.exists():
        raise InputError(
            f"{output_dir} is there already; choose another --output_dir or remove it."
        )
    exporter = _Exporter(run, output_dir, options)
    unfinished = output_dir.with_name(f"{output_dir.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        exporter.write(unfinished)
        os.replace(unfinished, output_dir)
    except (OSError, tf.errors.OpError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "message", error)
        raise InputError(f"Cannot write {output_dir}: {reason}.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    exporter.log.unlink(missing_ok=True)
    return exporter.measured


class _Exporter:
    """Writes one bundle; `measured` gathers what is found on the way."""

    def __init__(self, run, output_dir, options):
        run.check_method("drnet", "be exported")
        self.log = subprocesses.log_path(output_dir)
        self.measured = []
        self._run, self._options = run, options
        self._config = run.config(data_dir=options.data_dir)
        self._networks = run.load_networks()
        num_past = self._config.data.num_past
        self._graph = StepGraph(self._networks, num_past)
        self._functions = self._graph.functions()
        test = clip_frames(load_source(self._config, "test"), 0, GATE_CLIPS)
        self._past = test[:, :num_past]
        self._golden = parity.golden(
            self._networks, self._graph, self._functions, self._past[:1]
        )
        self._future = VideoPredictor(self._networks).predict(
            self._past, quantize.GATE_FRAME
        )

    def write(self, folder):
        """Write all files into a folder."""
        signatures = self._signatures(self._functions)
        (folder / SIGNATURES_FILE).write_text(signatures.to_json())
        np.savez(folder / GOLDEN_FILE, **self._golden)
        for number, past in enumerate(self._past[:EXAMPLE_CLIPS], start=1):
            for t, frame in enumerate(past):
                write_png(
                    folder / EXAMPLES_FOLDER / str(number) / f"{t:03d}.png",
                    frame_grid([[frame]], border=0),
                )
        writers = {
            "saved_model": self._write_saved_model,
            "tflite": self._write_tflite,
            "onnx": self._write_onnx,
        }
        for name in FORMATS:
            if name in self._options.formats:
                writers[name](folder)
        card = model_card.text(self._run, signatures, self.measured)
        (folder / CARD_FILE).write_text(card)
        (folder / MANIFEST_FILE).write_text(_manifest(folder, self._config))

    def _write_saved_model(self, folder):
        path = folder / "saved_model" / str(self._options.version)
        requests = [
            (name, parity.part(self._golden, name, "inputs"))
            for name in self._functions
            if name != "serving_default"
        ]
        count = np.array([parity.GOLDEN_FRAMES], np.int32)
        requests.append(
            ("serving_default", {"past": self._past[:1], "num_future": count})
        )
        to_saved_model.write_saved_model(self._graph, self._functions, requests, path)
        self._check("saved_model", path, parity.saved_model_call(path))

    def _write_onnx(self, folder):
        path = folder / "onnx"
        path.mkdir()
        with tempfile.TemporaryDirectory(dir=folder) as saved_model:
            tf.saved_model.save(self._graph, saved_model, signatures=self._functions)
            to_onnx.write_onnx(saved_model, path, log=self.log)
        self._check("onnx", path, parity.onnx_call(path))

    def _check(self, name, path, call):
        """Compare a format that has the fused roll-out with Keras."""
        difference = parity.greatest_difference(call, self._golden)
        _require_parity(name, difference)
        count = np.full(len(self._past), quantize.GATE_FRAME, np.int32)
        outputs = call("serving_default", {"past": self._past, "num_future": count})
        result = Measured(
            name=name,
            precision="float32",
            size=sum(f.stat().st_size for f in path.rglob("*") if f.is_file()),
            difference=difference,
            psnr=quantize.drift(outputs["future"], self._future),
            min_psnr=quantize.LADDER["none"].min_psnr,
        )
        if not self._accepts(result):
            shutil.rmtree(path)

    def _write_tflite(self, folder):
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            static = pathlib.Path(scratch, "model")
            samples = pathlib.Path(scratch, "samples.npz")
            functions = self._graph.functions(batch_size=1)
            signatures = self._signatures(functions)
            tf.saved_model.save(self._graph, str(static), signatures=functions)
            to_tflite.write_samples(samples, self._samples())
            for rung in self._options.rungs:
                self._write_rung(folder, rung, signatures, static, samples)

    def _write_rung(self, folder, name, signatures, static, samples):
        rung = quantize.LADDER[name]
        path = folder / rung.file
        to_tflite.write_tflite(static, samples, name, signatures, path, log=self.log)
        difference = parity.greatest_difference(parity.tflite_call(path), self._golden)
        if name == "none":
            _require_parity(rung.file, difference)
        result = measure_tflite(path, rung, difference, self._past, self._future)
        if not self._accepts(result):
            path.unlink()

    def _accepts(self, result):
        """Note what was measured, and return whether it is to be kept."""
        self.measured.append(result)
        return result.passed or self._options.force

    def _samples(self):
        """Return what the functions are given in use, for calibration."""
        num_past = self._config.data.num_past
        clips = clip_frames(load_source(self._config, "train"), 0, SAMPLE_CLIPS)
        gathered = {}

        def add(function, inputs):
            for name, value in inputs.items():
                gathered.setdefault(function, {}).setdefault(name, []).append(value)
            return self._functions[function](**inputs)

        for clip in tf.constant(clips):
            past = clip[None, :num_past]
            coded = add("encode_content", {"frame": past[:, -1]})
            posed = add("encode_pose", {"frame": past[:, -1]})
            add("decode", coded | posed)
            seeded = add("seed", {"past": past})
            state = {name: seeded[name] for name in self._graph.state_names}
            add("predict_pose", {"content": coded["content"]} | state)
            for _ in range(SAMPLE_STEPS):
                stepped = add("step", seeded)
                seeded |= {name: stepped[name] for name in self._graph.state_names}
        return {
            function: {name: np.stack(values) for name, values in inputs.items()}
            for function, inputs in gathered.items()
        }

    def _signatures(self, functions):
        name = self._run.path.resolve().name
        return self._graph.signatures(functions, self._config.data, name)


def _require_parity(name, difference):
    if not difference <= parity.TOLERANCE:
        raise ExportError(
            f"{name} differs from Keras by {difference:.1e}; expected at most "
            f"{parity.TOLERANCE:.0e}. The step graph does not compute what the "
            "networks do: please report it with the run's config.json."
        )


def _manifest(folder, config):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "files": {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": sha256(str(path)),
            }
            for path in files
        },
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in VERSIONS},
        "config": dataclasses.asdict(config),
    }
    return json.dumps(manifest, indent=2) + "\n"
