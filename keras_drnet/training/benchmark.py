"""Timing of a training step of DrNet, on any backend of Keras."""

import contextlib
import pathlib
import statistics
import subprocess
import time

import keras
import numpy as np

from keras_drnet.errors import InputError
from keras_drnet.models.networks import build_networks
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.optimizers import (
    make_discriminator_optimizer,
    make_optimizer,
)

PLAIN = "plain, float32"
TORCH = "PyTorch, the authors' form"
FRAME_NAMES = ("content_1", "content_2", "pose_1", "pose_2")


class PlainDrNet(DrNet):
    """DrNet with a separate pass of the pose encoder for the scene discriminator."""

    def update(self, batch):
        """Train the scene discriminator, then the auto-encoder, on one batch."""
        poses = tuple(
            self.pose_encoder(batch[name], training=True)
            for name in ("pose_1", "pose_2")
        )
        losses = self.train_adversary({"features": poses})
        return losses | self.train_features(batch)[0]


def make_steps(config, precision):
    """Make functions that take a training step, compiled already.

    Args:
        config: a `Config` of DrNet.
        precision: dtype policy to compare float32 with.

    Returns:
        A dict of names to functions without arguments.
    """
    steps = {PLAIN: _train_step(PlainDrNet, config, "float32")}
    for dtype in dict.fromkeys(["float32", precision]):
        steps[f"DrNet, {dtype}"] = _train_step(DrNet, config, dtype)
    return steps


@contextlib.contextmanager
def torch_step(python, config):
    """Run a training step in PyTorch, in a process of its own.

    Args:
        python: path of a Python that has PyTorch.
        config: a `Config` of networks `dcgan`.

    Yields:
        A function that takes a step, after a first one.

    Raises:
        InputError: the Python has no PyTorch, or does not run.
    """
    sizes = {
        "image_size": config.data.image_size,
        "num_channels": config.data.num_channels,
        "num_filters": config.model.num_filters,
        "batch_size": config.drnet.batch_size,
    }
    flags = [f"--{name}={size}" for name, size in sizes.items()]
    path = pathlib.Path(__file__).with_name("torch_step.py")
    try:
        process = subprocess.Popen(
            [python, path, *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    except OSError as error:
        raise InputError(f"Cannot run {python}: {error.strerror}.") from error

    def step():
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write("\n")
            process.stdin.flush()
        if not process.stdout.readline():
            errors = process.stderr.read().strip().splitlines() or ["it ended"]
            raise InputError(
                f"{python} takes no step: {errors[-1]}; expected a Python that has "
                "PyTorch, as `make bench-peers` makes one."
            )

    try:
        step()
        yield step
    finally:
        process.kill()
        process.communicate()


def time_in_turns(functions, *, num_calls, num_rounds):
    """Time functions.

    All take turns in every round, so that a change in the load of the machine affects
    them equally.

    Args:
        functions: dict of names to functions without arguments.
        num_calls: dict of names to calls in a round.
        num_rounds: number of rounds.

    Returns:
        A dict of names to seconds of a call, a list with a value for each round.
    """
    seconds = {name: [] for name in functions}
    for _ in range(num_rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            for _ in range(num_calls[name]):
                function()
            seconds[name].append((time.perf_counter() - start) / num_calls[name])
    return seconds


def steps_table(step_seconds):
    """Return the times of training steps as a text table, with ratios to the first."""
    title = f"training step, {keras.backend.backend()}"
    lines = [f"{title:<32}{'median ms':>10}{'min ms':>10}{'of first':>10}"]
    first = next(iter(step_seconds.values()))
    for name, values in step_seconds.items():
        ratio = statistics.median(a / b for a, b in zip(values, first, strict=True))
        lines.append(
            f"{name:<32}{1e3 * statistics.median(values):>10.0f}"
            f"{1e3 * min(values):>10.0f}{ratio:>10.2f}"
        )
    return "\n".join(lines)


def _train_step(model_class, config, dtype):
    """Return a function that takes a training step, after a first one."""
    networks = build_networks(config, dtype=dtype)
    model = model_class(networks, dtype=dtype)
    model.compile(
        make_optimizer(config.drnet), make_discriminator_optimizer(config.drnet)
    )
    size, data = config.data.image_size, config.data
    shape = (config.drnet.batch_size, size, size, data.num_channels)
    rng = np.random.default_rng(0)
    batch = {name: rng.random(shape, dtype="float32") for name in FRAME_NAMES}

    def step():
        # The loss as a number: the step has ended.
        model.train_on_batch(batch)

    step()
    return step
