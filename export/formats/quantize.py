"""The ladder of quantization: what each rung makes smaller, and its gate.

Errors of a quantized network are fed back by the pose LSTM. So a rung is not judged by
one call but by its 100th frame: its PSNR against the float32 model's, over several
clips. Encoders and LSTM, which run once or cost little, stay float32 in `int8`: it is
their errors that move the trajectory.
"""

import dataclasses

import numpy as np
import tensorflow as tf
from tensorflow.lite.python import convert

from export.formats.flatbuffer import Model

GATE_FRAME = 100  # The frame that is compared, counted from 1.


@dataclasses.dataclass(frozen=True)
class Rung:
    """One way to quantize.

    Attributes:
        file: name of the file in the bundle.
        about: what is quantized.
        min_psnr: decibels that frame `GATE_FRAME` must have against float32.
        layers: for calibrated rungs, parts of the names of the layers in int8.
    """

    file: str
    about: str
    min_psnr: float
    layers: tuple[str, ...] = ()


DECODER_LAYERS = ("sub_pixel_stage", "conv_stage")
# Of the encoders all but the last convolution, whose output is the code.
ENCODER_LAYERS = ("/down", "/block", "/pool", "/stem", "/stage", "/context", "/detail")
LADDER = {
    "none": Rung("drnet.tflite", "float32", 60.0),
    "float16": Rung("drnet_float16.tflite", "weights in float16", 45.0),
    "dynamic": Rung(
        "drnet_dynamic.tflite",
        "weights in int8, activations quantised on the fly",
        30.0,
    ),
    "int8": Rung(
        "drnet_int8.tflite",
        "decoder's convolutions in int8; encoders and pose LSTM in float32",
        30.0,
        DECODER_LAYERS,
    ),
    "int8_all": Rung(
        "drnet_int8_all.tflite",
        "all convolutions but the codes' own in int8; pose LSTM in float32",
        30.0,
        DECODER_LAYERS + ENCODER_LAYERS,
    ),
}


def convert_rung(saved_model, name, samples):
    """Convert a SavedModel of batch 1 to TFLite.

    Args:
        saved_model: its folder.
        name: a key of `LADDER`.
        samples: dict of function to dict of input to array `[N, 1, ...]`: what the
            functions are given in use. Every function of the model is in it.

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
        return converter.convert()
    if name == "dynamic":
        # tflite-runtime 2.14 has no product of matrices quantized by column.
        converter._experimental_disable_per_channel_quantization_for_dense_layers = True
        return converter.convert()
    # The converter itself quantizes all or nothing; its two steps, calibration and
    # quantization, are to be had one by one and the second can leave layers out.
    converter.representative_dataset = lambda: _examples(samples)
    converter._experimental_calibrate_only = True
    calibrated = converter.convert()
    layers = LADDER[name].layers
    kept = [
        node
        for node in Model(calibrated).node_names()
        if not any(layer in node for layer in layers)
    ]
    return convert.mlir_quantize(calibrated, denylisted_nodes=kept)


def _examples(samples):
    for function, inputs in samples.items():
        for example in zip(*inputs.values(), strict=True):
            yield function, dict(zip(inputs, example, strict=True))


def drift(frames, reference):
    """Compare roll-outs at `GATE_FRAME`.

    Args:
        frames: `[B, N, H, W, C]` with N at least `GATE_FRAME`.
        reference: the same of the float32 networks.

    Returns:
        PSNR in decibels, of the squared error of all clips together.
    """
    last = GATE_FRAME - 1
    difference = np.float64(frames[:, last]) - reference[:, last]
    return float(-10.0 * np.log10(np.mean(np.square(difference)) + 1e-20))
