"""Times a training step of DrNet, and the sources of clips that have to feed it.

Usage:

    python -m keras_drnet.benchmark --num_filters=64 --batch_size=32
    python -m keras_drnet.benchmark --source=kth_small=shards/kth

The first table compares the step with its plain form, the authors': float32, and the
pose encoder runs on the pair of frames once for the scene discriminator and once more
for the auto-encoder. The second has the clips that each source gives in a second, and
how many times what the fastest step consumes that is. All take turns, so that a
change of the machine's load meets all of them.
"""

import dataclasses
import pathlib
import statistics
import tempfile
import time

import keras
import tensorflow as tf
from absl import flags

from keras_drnet import cli
from keras_drnet.config.precision import resolve_precision
from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config, DataConfig
from keras_drnet.data.load import load_dataset
from keras_drnet.data.preparation import prepare
from keras_drnet.errors import InputError, choose
from keras_drnet.models.networks import build_networks
from keras_drnet.training.drnet import DrNet

_NUM_FILTERS = flags.DEFINE_integer("num_filters", 64, "Width.", lower_bound=1)
_IMAGE_SIZE = flags.DEFINE_integer("image_size", 64, "Side of a frame, pixels.")
_BATCH_SIZE = flags.DEFINE_integer("batch_size", 32, "Clips.", lower_bound=2)
_FAMILY = flags.DEFINE_string("family", "dcgan", "Content encoder and decoder.")
_PRECISION = flags.DEFINE_string("precision", "auto", "Precision to compare with.")
_STEPS = flags.DEFINE_integer("steps", 5, "Steps of a round.", lower_bound=1)
_ROUNDS = flags.DEFINE_integer("rounds", 5, "Rounds.", lower_bound=1)
_SOURCE = flags.DEFINE_multi_string(
    "source", [], "A source to time as well, preset=data_dir; may be repeated."
)

NUM_CHAIRS = 16  # Drawn for the timing of objects.
BATCHES = 20  # Taken from each source in a round.


class PlainDrNet(DrNet):
    """DrNet whose scene discriminator has a pass of the pose encoder of its own."""

    def train_step(self, batch):
        """Train the scene discriminator, then the auto-encoder, on one batch."""
        poses = tuple(
            self.pose_encoder(batch[name], training=True)
            for name in ("pose_1", "pose_2")
        )
        losses = self.train_adversary({"features": poses})
        return losses | self.train_features(batch)[0]


def main():
    """Time all in turn and print the tables."""
    config = Config().with_overrides(
        [
            f"model.num_filters={_NUM_FILTERS.value}",
            f"model.content_encoder={_FAMILY.value}",
            f"model.decoder={_FAMILY.value}",
            f"data.image_size={_IMAGE_SIZE.value}",
            f"drnet.batch_size={_BATCH_SIZE.value}",
        ]
    )
    batch = next(iter(load_dataset(config, "train")))
    precision = resolve_precision(_PRECISION.value)
    forms = {"plain, float32": _step(PlainDrNet, config, "float32", batch)}
    for dtype in dict.fromkeys(["float32", precision]):
        forms[f"DrNet, {dtype}"] = _step(DrNet, config, dtype, batch)
    with tempfile.TemporaryDirectory() as folder:
        sources = {
            name: _batches(source) for name, source in _sources(config, folder).items()
        }
        steps = {name: [] for name in forms}
        reads = {name: [] for name in sources}
        for _ in range(_ROUNDS.value):
            for name, step in forms.items():
                steps[name].append(_seconds(step, _STEPS.value))
            for name, batches in sources.items():
                reads[name].append(_seconds(batches.__next__, BATCHES))
    _print_steps(steps)
    _print_sources(reads, min(map(statistics.median, steps.values())))


def _seconds(function, count):
    """Return the mean time of a call."""
    begin = time.perf_counter()
    for _ in range(count):
        function()
    return (time.perf_counter() - begin) / count


def _print_steps(steps):
    plain = steps["plain, float32"]
    print(f"{'training step':<32}{'median ms':>10}{'min ms':>10}{'of plain':>10}")
    for name, values in steps.items():
        ratio = statistics.median(a / b for a, b in zip(values, plain, strict=True))
        print(
            f"{name:<32}{1e3 * statistics.median(values):>10.0f}"
            f"{1e3 * min(values):>10.0f}{ratio:>10.2f}"
        )


def _print_sources(reads, step):
    print(f"\n{'source of clips':<32}{'clips / s':>10}{'of a step':>10}")
    for name, values in reads.items():
        seconds = statistics.median(values)
        print(f"{name:<32}{_BATCH_SIZE.value / seconds:>10.0f}{step / seconds:>9.1f}x")


def _sources(config, folder):
    """Return configurations by the name of the source; makes shards in a folder."""
    size = config.data.image_size
    chairs = DataConfig(
        dataset="rotating_objects", image_size=size, num_objects=NUM_CHAIRS
    )
    sources = {
        "moving_mnist, drawn": config.data,
        "chairs, in memory": chairs,
    }
    for encoding in ("png", "jpeg"):
        shards = pathlib.Path(folder, encoding)
        prepare(chairs, str(shards), encoding=encoding, items_per_shard=NUM_CHAIRS)
        sources[f"chairs, {encoding} shards"] = dataclasses.replace(
            chairs, data_dir=str(shards)
        )
    for source in _SOURCE.value:
        preset, equals, data_dir = source.partition("=")
        if not equals:
            raise InputError(f"--source={source} has no '='; expected preset=data_dir.")
        data = choose(PRESETS, preset, "preset")().data
        sources[source] = dataclasses.replace(data, data_dir=data_dir)
    return {
        name: dataclasses.replace(config, data=data) for name, data in sources.items()
    }


def _batches(config):
    batches = iter(load_dataset(config, "train"))
    next(batches)
    return batches


def _step(form, config, dtype, batch):
    """Return a function that takes one training step; it was called once."""
    networks = build_networks(config, dtype=dtype)
    model = form(
        networks.content_encoder,
        networks.pose_encoder,
        networks.decoder,
        networks.scene_discriminator,
        dtype=dtype,
    )
    model.compile(keras.optimizers.Adam(2e-3), keras.optimizers.Adam(2e-3))
    model.build_optimizers()
    train_step = tf.function(model.train_step)

    def step():
        return float(train_step(batch)["loss"])

    step()
    return step


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
