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
import dataclasses
import json
import multiprocessing
import pathlib
import resource
import statistics
import tempfile
import time

import numpy as np
import threadpoolctl
from absl import flags

from export import on_device, parity
from export.bundle import GOLDEN_FILE, MANIFEST_FILE
from export.formats import subprocesses
from export.formats.flatbuffer import Model
from export.formats.quantize import SCHEMES
from export.measure import median_ms
from export.signatures import SIGNATURES_FILE, Signatures
from keras_drnet import cli
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models import pose_rollout
from keras_drnet.models.networks import build_networks

_BUNDLE = flags.DEFINE_string("bundle", None, "Folder of the bundle.", required=True)
_THREADS = flags.DEFINE_multi_integer(
    "threads", [1, 2], "Number of threads; may be repeated.", lower_bound=1
)
_ROUNDS = flags.DEFINE_integer("rounds", 15, "Rounds.", lower_bound=1)
_LONG = flags.DEFINE_integer(
    "long", 10000, "Frames of the long roll-out; 0 = none.", lower_bound=0
)

PAST = "roll_out/inputs/past"  # Observed frames among the golden arrays.
CALLS = 4  # Calls of each row in a round; the first, with cold caches, is not counted.
MATRIX = 1024  # Side of the matrices of the product.
WINDOW = 100  # Frames at either end of the long roll-out.
LEAST_LONG = 10 + WINDOW  # The first frames, with cold caches, are not counted.


@dataclasses.dataclass
class Row:
    """One line of the table.

    Attributes:
        name: file and runtime.
        prime: function without arguments that runs `prime`.
        step: the same of `step`.
        size: bytes of the file, or 0.
        multiply_adds: multiply-adds of a step, or 0 where they were not counted.
        times: measured milliseconds of `prime` and `step`.
    """

    name: str
    prime: object
    step: object
    size: int = 0
    multiply_adds: int = 0
    times: dict = dataclasses.field(default_factory=lambda: {"prime": [], "step": []})


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
        manifest = json.loads((folder / MANIFEST_FILE).read_text())
        config.write_text(json.dumps(manifest["config"]))
        log = subprocesses.log_path(folder)
        subprocesses.run("export.graph.plain_graph", config, plain, log=log)
        log.unlink()
        for threads in _THREADS.value:
            # TensorFlow's threads can be set only once in a process.
            print(_in_a_process(_table, folder, config, plain, threads, _ROUNDS.value))
        if _LONG.value:
            print(_in_a_process(_long_roll_out, folder, _LONG.value))


def _in_a_process(function, *arguments):
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def _table(folder, config, plain, threads, rounds):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    with np.load(folder / GOLDEN_FILE) as golden:
        past = golden[PAST]
    rows = [
        *_tflite_rows(folder, past, threads),
        *_plain_rows(plain, past, threads),
        *_other_rows(folder, config, past, threads),
    ]
    step_cost = rows[0].multiply_adds
    products = []
    for _ in range(rounds):
        products.append(_product_ms(threads))
        for row in rows:
            for name in row.times:
                call = getattr(row, name)
                call()
                row.times[name].append(median_ms(call, CALLS - 1))
    rate = MATRIX**3 / statistics.median(products)  # Multiply-adds a millisecond.
    lines = [
        f"{threads} thread{'s'[: threads > 1]}; matrix product "
        f"{2 * rate / 1e6:.0f} GFLOP/s; a step: {step_cost / 1e6:.1f} M multiply-adds",
        f"{'':<48}{'MB':>8}{'prime ms':>10}{'step ms':>10}{'of product':>12}",
    ]
    for row in rows:
        prime, step = (statistics.median(times) for times in row.times.values())
        size = f"{row.size / 1e6:.2f}" if row.size else ""
        share = f"{row.multiply_adds / step / rate:.0%}" if row.multiply_adds else ""
        lines.append(f"{row.name:<48}{size:>8}{prime:>10.2f}{step:>10.2f}{share:>12}")
    return "\n".join(lines) + "\n"


def _tflite_rows(folder, past, threads):
    """Yield a row for each file and runtime, float32 of the first runtime first."""
    for runtime in on_device.RUNTIMES:
        for scheme in SCHEMES.values():
            path = folder / scheme.file
            if not path.is_file():
                continue
            try:
                predictor = on_device.VideoPredictor(path, threads, runtime)
            except on_device.DeviceError:
                continue
            yield Row(
                name=f"{scheme.file} {runtime}",
                prime=lambda predictor=predictor: predictor.prime(past[0]),
                step=predictor.step,
                size=path.stat().st_size,
                multiply_adds=Model(path.read_bytes()).multiply_adds("step"),
            )


def _plain_rows(path, past, threads):
    model = path.read_bytes()
    multiply_adds = Model(model).multiply_adds("step")
    for runtime in on_device.RUNTIMES:
        try:
            interpreter = on_device.load_runtime(runtime)[1](
                model_content=model, num_threads=threads
            )
        except on_device.DeviceError:
            continue
        prime, step = map(interpreter.get_signature_runner, ("prime", "step"))
        state = prime(past=past)
        yield Row(
            name=f"plain {runtime}",
            prime=lambda prime=prime: prime(past=past),
            step=lambda step=step, state=state: step(**state),
            size=len(model),
            multiply_adds=multiply_adds,
        )


def _other_rows(folder, config, past, threads):
    """Yield the rows of SavedModel, ONNX and Keras."""
    calls = {}
    versions = sorted((folder / "saved_model").glob("*"), key=lambda p: int(p.name))
    if versions:
        calls["saved_model"] = parity.saved_model_call(versions[-1])
    if (folder / "onnx").is_dir():
        calls["onnx, onnxruntime"] = parity.onnx_call(folder / "onnx", threads)
    signatures = Signatures.from_json((folder / SIGNATURES_FILE).read_text())
    prime = signatures.prime_function
    for name, call in calls.items():
        state = call(prime, {"past": past})
        yield Row(
            name=name,
            prime=lambda call=call: call(prime, {"past": past}),
            step=lambda call=call, state=state: call("step", state),
        )
    networks = build_networks(Config.from_json(config.read_text()))
    predictor = VideoPredictor(networks)
    stream = predictor.stream(past)
    yield Row(
        name="Keras, VideoPredictor (prime includes a frame)",
        prime=lambda: next(predictor.stream(past)),
        step=lambda: next(stream),
    )
    content = networks.content_encoder.predict(past[:, -1], verbose=0)
    pose = networks.pose_encoder.predict(past[0], verbose=0)[:1]
    state = pose_rollout.initial_state(networks.pose_lstm, 1)

    def encode():
        networks.content_encoder.predict(past[:, -1], verbose=0)
        networks.pose_encoder.predict(past[0], verbose=0)

    def step():
        networks.decoder.predict((content, pose), verbose=0)
        networks.pose_lstm.predict((pose, content[0], state), verbose=0)

    yield Row(name="Keras, Model.predict", prime=encode, step=step)


def _product_ms(threads):
    """Return the time of a product of two matrices, milliseconds."""
    matrix = np.full((MATRIX, MATRIX), 0.5, np.float32)
    with threadpoolctl.threadpool_limits(threads):
        matrix @ matrix
        return median_ms(lambda: matrix @ matrix, CALLS - 1)


def _long_roll_out(folder, count):
    """Measure time and memory at both ends of a roll-out; return them as text."""
    path = folder / SCHEMES["none"].file
    predictor = on_device.VideoPredictor(path)
    with np.load(folder / GOLDEN_FILE) as golden:
        predictor.prime(golden[PAST][0])
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
