"""Conversion to TFLite with a scheme of quantization."""

import tensorflow as tf
from tensorflow.lite.python.convert import mlir_quantize

from .flatbuffer import Model
from .schemes import SCHEMES


def convert(saved_model, name, samples):
    """Convert a SavedModel of batch 1 to TFLite.

    Args:
        saved_model: its folder.
        name: a key of `schemes.SCHEMES`.
        samples: dict of function to dict of input to array `[N, 1, ...]`: typical
            inputs of every function of the model, for calibration.

    Returns:
        The bytes of the model.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(saved_model), signature_keys=sorted(samples)
    )
    if name == "none":
        return converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if name == "float16":
        converter.target_spec.supported_types = [tf.float16]
        model = Model(converter.convert())
        model.restore_float32()
        return model.content()
    if name == "dynamic":
        # tflite-runtime 2.14 has no matrix product with a scale for each column.
        converter._experimental_disable_per_channel_quantization_for_dense_layers = True
        return converter.convert()
    # The converter itself quantizes every layer or none. Its two steps, calibration
    # and quantization, can be called one by one, and the second can leave layers out.
    converter.representative_dataset = lambda: _examples(samples)
    converter._experimental_calibrate_only = True
    calibrated = converter.convert()
    layers = SCHEMES[name].layers
    kept = [
        node
        for node in Model(calibrated).node_names()
        if not any(layer in node for layer in layers)
    ]
    return mlir_quantize(calibrated, denylisted_nodes=kept)


def _examples(samples):
    for function, inputs in samples.items():
        for example in zip(*inputs.values(), strict=True):
            yield function, dict(zip(inputs, example, strict=True))
