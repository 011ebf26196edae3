"""Schemes of quantization, each with a threshold on its drift: see `export.drift`.

In `int8` encoders and LSTM, which run once or cost little, stay float32: their errors
would change the trajectory.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class QuantizationScheme:
    """One way to quantize.

    Attributes:
        file: name of the file in the bundle.
        about: the parts that are quantized, and how.
        min_psnr: threshold: the least `drift.restarted_psnr` that is accepted,
            decibels.
        layers: for calibrated schemes, parts of the names of the layers in int8.
    """

    file: str
    about: str
    min_psnr: float
    layers: tuple[str, ...] = ()


DECODER_LAYERS = ("sub_pixel_stage", "conv_stage")
# All layers of the encoders but the last convolution, whose output is the code.
ENCODER_LAYERS = ("/down", "/block", "/pool", "/stem", "/stage", "/context", "/detail")
SCHEMES = {
    "none": QuantizationScheme("drnet.tflite", "float32", 60.0),
    "float16": QuantizationScheme("drnet_float16.tflite", "weights in float16", 45.0),
    "dynamic": QuantizationScheme(
        "drnet_dynamic.tflite",
        "weights in int8, activations quantized on the fly",
        30.0,
    ),
    "int8": QuantizationScheme(
        "drnet_int8.tflite",
        "decoder's convolutions in int8; encoders and pose LSTM in float32",
        30.0,
        DECODER_LAYERS,
    ),
    "int8_all": QuantizationScheme(
        "drnet_int8_all.tflite",
        "all convolutions but the codes' own in int8; pose LSTM in float32",
        30.0,
        DECODER_LAYERS + ENCODER_LAYERS,
    ),
}
