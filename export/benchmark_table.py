"""The table of `export.benchmark` for one number of threads."""

import dataclasses
import statistics

import numpy as np
import tensorflow as tf
import threadpoolctl

from keras_drnet.config.schema import Config
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models import pose_rollout
from keras_drnet.models.encode import content_frames
from keras_drnet.models.networks import build_networks

from . import on_device, parity
from .formats.flatbuffer import Model
from .formats.schemes import SCHEMES
from .layout import GOLDEN_FILE
from .measure import median_ms
from .signatures import SIGNATURES_FILE, Signatures

CALLS = 4  # Calls of each row in a round; the first, with cold caches, is not counted.
MATRIX = 1024  # Side of the matrices of the product.


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


def table(folder, config, plain, threads, rounds):
    """Time all models and baselines.

    Args:
        folder: path of the bundle.
        config: path of the bundle's configuration, JSON.
        plain: path of the model that `graph.plain_graph` wrote.
        threads: number of threads.
        rounds: number of rounds.

    Returns:
        The table as text.
    """
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    with np.load(folder / GOLDEN_FILE) as golden:
        past = golden["roll_out/inputs/past"]
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
    read = content_frames(networks.content_encoder, past)
    content = networks.content_encoder.predict(read, verbose=0)
    pose = networks.pose_encoder.predict(past[0], verbose=0)[:1]
    state = pose_rollout.initial_state(networks.pose_lstm, pose)

    def encode():
        networks.content_encoder.predict(read, verbose=0)
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
