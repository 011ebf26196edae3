"""Size, agreement with Keras and speed of a bundle's models."""

import dataclasses
import statistics
import time

import numpy as np

from . import drift
from .on_device import VideoPredictor

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
        psnr: `drift.restarted_psnr`, decibels.
        free_psnr: `drift.free_psnr`, decibels, of which nothing is demanded.
        is_alive: `drift.is_alive`.
        min_psnr: threshold: the least `psnr` that is accepted.
        prime_ms: median time of `prime` on one thread, or `None` if not timed.
        step_ms: the same of `step`.
        runtime: TFLite runtime that was timed.
    """

    name: str
    precision: str
    size: int
    difference: float
    psnr: float
    free_psnr: float
    is_alive: bool
    min_psnr: float = 0.0
    prime_ms: float | None = None
    step_ms: float | None = None
    runtime: str = ""

    @property
    def passed(self):
        """Whether it stays as close to the networks as the threshold demands."""
        return self.is_alive and self.psnr >= self.min_psnr


def measure_tflite(path, scheme, difference, psnr, reference):
    """Roll out a `.tflite` file and time it.

    Args:
        path: the file.
        scheme: its `schemes.QuantizationScheme`.
        difference: its greatest difference from Keras, for the table.
        psnr: its `drift.restarted_psnr`.
        reference: the `drift.Reference`.

    Returns:
        A `Measurement`.
    """
    predictor = VideoPredictor(path)
    frames = []
    for clip in reference.past:
        predictor.prime(clip)
        frames.append([predictor.step() for _ in range(drift.NUM_FRAMES)])
    frames = np.array(frames)
    return Measurement(
        name=scheme.file,
        precision=scheme.about,
        size=path.stat().st_size,
        difference=difference,
        psnr=psnr,
        free_psnr=drift.free_psnr(frames, reference),
        is_alive=drift.is_alive(frames, reference),
        min_psnr=scheme.min_psnr,
        prime_ms=median_ms(lambda: predictor.prime(reference.past[0])),
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
