"""Timing of a training step of DrNet, and of the sources of clips that feed it."""

import dataclasses
import pathlib
import statistics
import tempfile
import time

import keras
import tensorflow as tf

from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import DataConfig
from keras_drnet.data.load import load_dataset
from keras_drnet.data.preparation import prepare
from keras_drnet.errors import InputError, choose
from keras_drnet.models.networks import build_networks
from keras_drnet.training.drnet import DrNet

NUM_CHAIRS = 16
BATCHES = 20  # Read from each source in a round.
PLAIN = "plain, float32"


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


def time_steps_and_sources(config, *, precision, num_steps, num_rounds, sources=()):
    """Time training steps and sources of clips.

    All take turns in every round, so that a change in the load of the machine affects
    them equally.

    Args:
        config: a `Config`, of Moving MNIST.
        precision: dtype policy to compare float32 with.
        num_steps: training steps in a round.
        num_rounds: number of rounds.
        sources: strings `preset=data_dir`, more sources to time.

    Returns:
        `(steps, batches)`, two dicts by name to a list with a value for each round:
        seconds of a training step, and seconds of reading a batch.

    Raises:
        InputError: a string in `sources` has no "=", or its preset is unknown.
    """
    batch = next(iter(load_dataset(config, "train")))
    steps = {PLAIN: _train_step(PlainDrNet, config, "float32", batch)}
    for dtype in dict.fromkeys(["float32", precision]):
        steps[f"DrNet, {dtype}"] = _train_step(DrNet, config, dtype, batch)
    with tempfile.TemporaryDirectory() as folder:
        data = _data_configs(config.data.image_size, folder, sources)
        readers = {
            name: _reader(dataclasses.replace(config, data=one))
            for name, one in ({"moving_mnist, drawn": config.data} | data).items()
        }
        step_seconds = {name: [] for name in steps}
        batch_seconds = {name: [] for name in readers}
        for _ in range(num_rounds):
            for name, step in steps.items():
                step_seconds[name].append(_mean_seconds(step, num_steps))
            for name, read in readers.items():
                batch_seconds[name].append(_mean_seconds(read, BATCHES))
    return step_seconds, batch_seconds


def steps_table(step_seconds):
    """Return the times of training steps as a text table."""
    lines = [f"{'training step':<32}{'median ms':>10}{'min ms':>10}{'of plain':>10}"]
    for name, values in step_seconds.items():
        ratio = statistics.median(
            a / b for a, b in zip(values, step_seconds[PLAIN], strict=True)
        )
        lines.append(
            f"{name:<32}{1e3 * statistics.median(values):>10.0f}"
            f"{1e3 * min(values):>10.0f}{ratio:>10.2f}"
        )
    return "\n".join(lines)


def sources_table(batch_seconds, step_seconds, batch_size):
    """Return the rates of sources, and their ratio to that of the fastest step."""
    fastest = min(map(statistics.median, step_seconds.values()))
    lines = [f"{'source of clips':<32}{'clips / s':>10}{'of a step':>10}"]
    for name, values in batch_seconds.items():
        seconds = statistics.median(values)
        lines.append(
            f"{name:<32}{batch_size / seconds:>10.0f}{fastest / seconds:>9.1f}x"
        )
    return "\n".join(lines)


def _data_configs(image_size, folder, sources):
    """Return `DataConfig`s by name; writes shards into a folder."""
    chairs = DataConfig(
        dataset="rotating_objects", image_size=image_size, num_objects=NUM_CHAIRS
    )
    configs = {"chairs, in memory": chairs}
    for encoding in ("png", "jpeg"):
        shards = pathlib.Path(folder, encoding)
        prepare(chairs, str(shards), encoding=encoding, items_per_shard=NUM_CHAIRS)
        configs[f"chairs, {encoding} shards"] = dataclasses.replace(
            chairs, data_dir=str(shards)
        )
    for source in sources:
        preset, equals, data_dir = source.partition("=")
        if not equals:
            raise InputError(f"--source={source} has no '='; expected preset=data_dir.")
        data = choose(PRESETS, preset, "preset")().data
        configs[source] = dataclasses.replace(data, data_dir=data_dir)
    return configs


def _reader(config):
    """Return a function that reads a batch, after the first one has been read."""
    batches = iter(load_dataset(config, "train"))
    next(batches)
    return batches.__next__


def _train_step(model_class, config, dtype, batch):
    """Return a function that takes a training step, after a first one."""
    networks = build_networks(config, dtype=dtype)
    model = model_class(networks, dtype=dtype)
    model.compile(keras.optimizers.Adam(2e-3), keras.optimizers.Adam(2e-3))
    train_step = tf.function(model.train_step)

    def step():
        return float(train_step(batch)["loss"])

    step()
    return step


def _mean_seconds(function, count):
    start = time.perf_counter()
    for _ in range(count):
        function()
    return (time.perf_counter() - start) / count
