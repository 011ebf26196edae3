"""The formats of a bundle, each written and then compared with Keras.

A writer takes a `prepare.Prepared`, the bundle's folder, `bundle.Options` and the path
of a log file for converters. It yields the path and the `Measurement` of each model,
and raises `ExportError` if a conversion fails or a float32 model differs from Keras.
"""

import pathlib
import tempfile

import numpy as np
import tensorflow as tf

from keras_drnet.errors import ExportError

from . import drift, parity
from .calibration import calibration_samples
from .formats import schemes, to_onnx, to_saved_model, to_tflite
from .measure import Measurement, measure_tflite


def write_saved_model(prepared, folder, options, *, log):
    """Write the SavedModel, with a warm-up request of each function."""
    path = folder / "saved_model" / str(options.version)
    requests = [
        (name, parity.part(prepared.golden, name, "inputs"))
        for name in prepared.functions
        if name != "serving_default"
    ]
    count = np.array([parity.GOLDEN_FRAMES], np.int32)
    requests.append(
        ("serving_default", {"past": prepared.reference.past[:1], "num_future": count})
    )
    to_saved_model.write_saved_model(prepared.graph, prepared.functions, requests, path)
    yield _compare("saved_model", path, parity.saved_model_call(path), prepared)


def write_tflite(prepared, folder, options, *, log):
    """Write a `.tflite` file for each scheme of quantization."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        static = pathlib.Path(scratch, "model")
        samples = pathlib.Path(scratch, "samples.npz")
        functions = prepared.graph.functions(batch_size=1)
        signatures = prepared.signatures(functions)
        tf.saved_model.save(prepared.graph, str(static), signatures=functions)
        to_tflite.write_samples(samples, calibration_samples(prepared))
        paths = {name: folder / schemes.SCHEMES[name].file for name in options.schemes}
        to_tflite.write_tflite(static, samples, signatures, paths, log=log)
    for name, path in paths.items():
        scheme = schemes.SCHEMES[name]
        call = parity.tflite_call(path)
        difference = parity.greatest_difference(call, prepared.golden)
        if name == "none":
            _require_parity(scheme.file, difference)
        psnr = drift.restarted_psnr(call, prepared.reference)
        measured = measure_tflite(path, scheme, difference, psnr, prepared.reference)
        yield path, measured


def write_onnx(prepared, folder, options, *, log):
    """Write an ONNX file for each function."""
    path = folder / "onnx"
    path.mkdir()
    with tempfile.TemporaryDirectory(dir=folder) as saved_model:
        tf.saved_model.save(prepared.graph, saved_model, signatures=prepared.functions)
        to_onnx.write_onnx(saved_model, path, log=log)
    yield _compare("onnx", path, parity.onnx_call(path), prepared)


WRITERS = {
    "saved_model": write_saved_model,
    "tflite": write_tflite,
    "onnx": write_onnx,
}
# Modules of extras that a format needs.
REQUIRED = {
    "saved_model": ("tensorflow_serving.apis",),
    "onnx": ("onnx", "onnxruntime", "tf2onnx"),
}


def _compare(name, path, call, prepared):
    """Compare a float32 format that has the whole roll-out as one function."""
    difference = parity.greatest_difference(call, prepared.golden)
    _require_parity(name, difference)
    reference = prepared.reference
    count = np.full(len(reference.past), drift.NUM_FRAMES, np.int32)
    outputs = call("serving_default", {"past": reference.past, "num_future": count})
    frames = outputs["future"]
    return path, Measurement(
        name=name,
        precision="float32",
        size=sum(f.stat().st_size for f in path.rglob("*") if f.is_file()),
        difference=difference,
        psnr=drift.restarted_psnr(call, reference),
        free_psnr=drift.free_psnr(frames, reference),
        is_alive=drift.is_alive(frames, reference),
        min_psnr=schemes.SCHEMES["none"].min_psnr,
    )


def _require_parity(name, difference):
    if not difference <= parity.TOLERANCE:
        raise ExportError(
            f"{name} differs from Keras by {difference:.1e}; expected at most "
            f"{parity.TOLERANCE:.0e}. The step graph does not compute what the "
            "networks do: please report it with the run's config.json."
        )
