"""Times every model of a bundle on this machine, and baselines to compare them with.

Usage:

    python -m export.benchmark --bundle=bundle

For each number of threads all take turns in one process, so that a change of the
machine's load affects all of them. Rows: each TFLite file with each runtime that is
installed, `plain` (the networks as trained, in one TFLite graph without the step
graph's algebra), the functions `prime` and `step` of the SavedModel and of ONNX, and
the Keras networks, with `keras_drnet.VideoPredictor` and with `Model.predict`. *of
product* is the rate of a step's multiply-adds relative to that of a large NumPy matrix
product.
"""

import concurrent.futures
import json
import multiprocessing
import pathlib
import resource
import statistics
import tempfile
import time

import numpy as np
from absl import flags

from keras_drnet import cli
from keras_drnet.checks.json_input import parse_json
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError
from keras_drnet.processes.workers import end_with_parent

from . import on_device
from .formats import subprocesses
from .formats.schemes import SCHEMES
from .layout import GOLDEN_FILE, MANIFEST_FILE

_BUNDLE = flags.DEFINE_string("bundle", None, "Folder of the bundle.", required=True)
_THREADS = flags.DEFINE_multi_integer(
    "threads", [1, 2], "Number of threads; may be repeated.", lower_bound=1
)
_ROUNDS = flags.DEFINE_integer("rounds", 15, "Rounds.", lower_bound=1)
_LONG = flags.DEFINE_integer(
    "long", 10000, "Frames of the long roll-out; 0 = none.", lower_bound=0
)

WINDOW = 100  # Frames at either end of the long roll-out.
LEAST_LONG = 10 + WINDOW  # The first frames, with cold caches, are not counted.


def main():
    """Print a table for each number of threads, and one of a long roll-out."""
    folder = pathlib.Path(_BUNDLE.value)
    for name in (MANIFEST_FILE, SCHEMES["none"].file):
        if not (folder / name).is_file():
            raise InputError(
                f"{folder} is no bundle to time: it has no {name}. Write one with "
                "python -m export.main."
            )
    if 0 < _LONG.value < LEAST_LONG:
        raise InputError(
            f"long is {_LONG.value}; expected 0 or at least {LEAST_LONG}, so that "
            "there are later frames to compare the first ones with."
        )
    with tempfile.TemporaryDirectory() as scratch:
        config = pathlib.Path(scratch, "config.json")
        plain = pathlib.Path(scratch, "plain.tflite")
        config.write_text(_config(folder / MANIFEST_FILE).to_json())
        log = subprocesses.log_path(folder)
        module = f"{__package__}.graph.plain_graph"
        subprocesses.run(module, config, plain, log=log)
        log.unlink()
        for threads in _THREADS.value:
            print(_in_a_process(_table, folder, config, plain, threads, _ROUNDS.value))
        if _LONG.value:
            print(_in_a_process(_long_roll_out, folder, _LONG.value))


def _config(path):
    """Return the configuration in a bundle's manifest."""
    try:
        return Config.from_json(json.dumps(parse_json(path.read_bytes())["config"]))
    except (KeyError, TypeError, InputError) as error:
        raise InputError(
            f"{path} is not what was written ({error}); export the run again."
        ) from error


def _in_a_process(function, *arguments):
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, context, end_with_parent) as pool:
        return pool.submit(function, *arguments).result()


def _table(*arguments):
    """Return a table: in a process of its own, as TensorFlow's threads are set once."""
    from .benchmark_table import table

    return table(*arguments)


def _long_roll_out(folder, count):
    """Measure time and memory at both ends of a roll-out; return them as text."""
    path = folder / SCHEMES["none"].file
    predictor = on_device.VideoPredictor(path)
    with np.load(folder / GOLDEN_FILE) as golden:
        predictor.prime(golden["roll_out/inputs/past"][0])
    times, memory = [], {}
    for frame in range(1, count + 1):
        start = time.perf_counter()
        predictor.step()
        times.append(1e3 * (time.perf_counter() - start))
        if frame in (10, count):
            memory[frame] = _resident_bytes()
    first, last = times[9 : 9 + WINDOW], times[-WINDOW:]
    return (
        f"{path.name} {predictor.runtime}, 1 thread, one roll-out of {count} frames:\n"
        f"  frames 10 to {9 + WINDOW}: {statistics.median(first):.2f} ms each; last "
        f"{WINDOW}: {statistics.median(last):.2f} ms\n"
        f"  memory at frame 10: {memory[10] / 1e6:.1f} MB; at frame {count}: "
        f"{memory[count] / 1e6:.1f} MB"
    )


def _resident_bytes():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
