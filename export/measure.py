"""What a bundle's table shows: size, agreement with Keras, time."""

import dataclasses
import statistics
import time

import numpy as np

from export.formats import quantize
from export.on_device import VideoPredictor

REPEATS = 30


@dataclasses.dataclass(frozen=True)
class Measured:
    """What was found of one file or folder of a bundle.

    Attributes:
        name: its name.
        precision: what its numbers are.
        size: bytes.
        difference: greatest difference of a function's output to Keras.
        psnr: of frame `quantize.GATE_FRAME` of the roll-out to Keras' own, decibels.
        min_psnr: what it should be at least.
        seed_ms: median time of `seed` on one thread, or `None`.
        step_ms: median time of `step`.
        runtime: what ran it.
    """

    name: str
    precision: str
    size: int
    difference: float
    psnr: float
    min_psnr: float = 0.0
    seed_ms: float | None = None
    step_ms: float | None = None
    runtime: str = ""

    @property
    def passed(self):
        """Whether it may be shipped."""
        return self.psnr >= self.min_psnr


def measure_tflite(path, rung, difference, past, future):
    """Roll a `.tflite` file out and times it.

    Args:
        path: the file.
        rung: its `quantize.Rung`.
        difference: its greatest difference to Keras, for the table.
        past: observed frames `[B, T, H, W, C]`.
        future: Keras' prediction `[B, N, H, W, C]`.

    Returns:
        `Measured`.
    """
    predictor = VideoPredictor(path)
    frames = []
    for clip in past:
        predictor.seed(clip)
        frames.append([predictor.step() for _ in range(future.shape[1])])
    return Measured(
        name=rung.file,
        precision=rung.about,
        size=path.stat().st_size,
        difference=difference,
        psnr=quantize.drift(np.array(frames), future),
        min_psnr=rung.min_psnr,
        seed_ms=median_ms(lambda: predictor.seed(past[0])),
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
