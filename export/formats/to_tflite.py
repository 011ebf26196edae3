"""TFLite files, one for each scheme of quantization.

The conversion itself is a program, which `write_tflite` starts:

    python -m export.formats.to_tflite <saved_model> <samples.npz> <scheme>=<output> ...
"""

import pathlib
import sys

import numpy as np

from keras_drnet.errors import ExportError

from .. import metadata
from . import quantize, subprocesses
from .flatbuffer import Model

# The first function of a file: runtimes run it without copying inputs and outputs.
PRIMARY = "step"


def write_tflite(saved_model, samples, signatures, paths, *, log):
    """Convert a SavedModel and write `.tflite` files with its signatures inside.

    Args:
        saved_model: folder of a SavedModel of batch 1.
        samples: file of `write_samples`.
        signatures: the model's `Signatures`.
        paths: dict of keys of `schemes.SCHEMES` to files to write.
        log: file for the converter's output.

    Raises:
        ExportError: the conversion failed, or gave operators that not every runtime
            has.
    """
    outputs = [f"{name}={path}" for name, path in paths.items()]
    subprocesses.run(
        f"{__package__}.to_tflite", saved_model, samples, *outputs, log=log
    )
    for path in paths.values():
        model = path.read_bytes()
        check_operators(model, path.name)
        path.write_bytes(metadata.attach(model, signatures))


def check_operators(content, name):
    """Refuse a model that needs more than the built-in operators.

    Args:
        content: the bytes of a model.
        name: name of the model in the error message.

    Raises:
        ExportError: it has custom operators (Flex, TensorFlow's own, are among them),
            variables or fused recurrent layers.
    """
    refused = Model(content).refused_operators()
    if refused:
        raise ExportError(
            f"{name} has operators that not every TFLite runtime has: "
            f"{', '.join(refused)}. Expected built-in operators without memory; "
            "change the network that they come from."
        )


def write_samples(path, samples):
    """Write inputs of functions: a dict of function to dict of name to array."""
    np.savez(
        path,
        **{
            f"{function}/{name}": array
            for function, inputs in samples.items()
            for name, array in inputs.items()
        },
    )


def read_samples(path):
    """Read what `write_samples` wrote."""
    samples = {}
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            function, name = key.split("/")
            samples.setdefault(function, {})[name] = arrays[key]
    return samples


def _convert(saved_model, samples, *outputs):
    for output in outputs:
        name, _, path = output.partition("=")
        content = quantize.convert(saved_model, name, read_samples(samples))
        model = Model(content)
        model.put_first(PRIMARY)
        model.sort_operator_codes()
        pathlib.Path(path).write_bytes(model.content())


if __name__ == "__main__":
    _convert(*sys.argv[1:])
