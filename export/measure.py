"""Size, agreement with Keras and speed of a bundle's models."""

import dataclasses
import statistics
import time

import numpy as np

from export.formats import schemes
from export.on_device import VideoPredictor

REPEATS = 30


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One line of a bundle's table.

    Attributes:
        name: name of the file or folder.
        precision: number formats of weights and activations.
        size: bytes.
        difference: greatest difference of any function's output from Keras'; see
            `parity.greatest_difference`.
        psnr: PSNR of frame `schemes.THRESHOLD_FRAME` of the roll-out against Keras'
            own, decibels.
        min_psnr: threshold: the least PSNR that is accepted.
        prime_ms: median time of `prime` on one thread, or `None` if not timed.
        step_ms: the same of `step`.
        runtime: TFLite runtime that was timed.
    """

    name: str
    precision: str
    size: int
    difference: float
    psnr: float
    min_psnr: float = 0.0
    prime_ms: float | None = None
    step_ms: float | None = None
    runtime: str = ""

    @property
    def passed(self):
        """Whether the roll-out stays as close to Keras as the threshold demands."""
        return self.psnr >= self.min_psnr


def measure_tflite(path, scheme, difference, past, future):
    """Roll out a `.tflite` file and time it.

    Args:
        path: the file.
        scheme: its `schemes.QuantizationScheme`.
        difference: its greatest difference from Keras, for the table.
        past: observed frames `[B, T, H, W, C]`.
        future: Keras' prediction `[B, N, H, W, C]`.

    Returns:
        A `Measurement`.
    """
    predictor = VideoPredictor(path)
    frames = []
    for clip in past:
        predictor.prime(clip)
        frames.append([predictor.step() for _ in range(future.shape[1])])
    return Measurement(
        name=scheme.file,
        precision=scheme.about,
        size=path.stat().st_size,
        difference=difference,
        psnr=schemes.drift(np.array(frames), future),
        min_psnr=scheme.min_psnr,
        prime_ms=median_ms(lambda: predictor.prime(past[0])),
        step_ms=median_ms(predictor.step),
        runtime=predictor.runtime,
    )


def median_ms(function, repeats=REPEATS):
    """Return the median time of a call, in milliseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)
