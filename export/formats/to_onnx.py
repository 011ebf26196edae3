"""ONNX files, one for each function.

The conversion itself is a program, which `write_onnx` starts:

    python -m export.formats.to_onnx <saved_model> <output folder>
"""

import pathlib
import sys

import tensorflow as tf

from keras_drnet.errors import import_extra

from . import subprocesses

OPSET = 17
FREE_SIZES = ("batch", "num_future")  # Names of the first and second dimension.


def write_onnx(saved_model, folder, *, log):
    """Convert every function of a SavedModel.

    Args:
        saved_model: folder of a SavedModel.
        folder: where `<function>.onnx` are written.
        log: file for the converter's output.

    Raises:
        ExportError: the conversion failed, or ONNX's checker refused a file.
    """
    subprocesses.run(f"{__package__}.to_onnx", saved_model, folder, log=log)


def output_name(output, inputs):
    """Return the name of a function's output in ONNX.

    In ONNX an output must not have the name of an input: the next state of `step` is
    `next_pose`, `next_hidden1`, ...
    """
    return f"next_{output}" if output in inputs else output


def _convert(saved_model, folder):
    onnx, tf2onnx = import_extra("onnx"), import_extra("tf2onnx")
    loaded = tf.saved_model.load(saved_model)
    for name, function in loaded.signatures.items():
        _, inputs = function.structured_input_signature
        specs = list(inputs.values())
        model, _ = tf2onnx.convert.from_function(
            tf.function(
                _with_onnx_names(function, list(inputs)),
                input_signature=specs,
                autograph=False,
            ),
            input_signature=specs,
            opset=OPSET,
        )
        _name_free_sizes(model.graph)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, pathlib.Path(folder) / f"{name}.onnx")


def _name_free_sizes(graph):
    """Name the sizes that are not fixed; the converter only numbers them."""
    for value in (*graph.input, *graph.output):
        for dimension, name in zip(
            value.type.tensor_type.shape.dim, FREE_SIZES, strict=False
        ):
            if dimension.HasField("dim_param"):
                dimension.dim_param = name


def _with_onnx_names(function, inputs):
    def renamed(*values):
        outputs = function(**dict(zip(inputs, values, strict=True)))
        return {output_name(key, inputs): value for key, value in outputs.items()}

    return renamed


if __name__ == "__main__":
    _convert(*sys.argv[1:])
