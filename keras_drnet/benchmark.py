"""Times a training step of DrNet beside the plain form of the same step.

Usage:

    python -m keras_drnet.benchmark --num_filters=64 --batch_size=32

The plain form is the authors': float32, and the pose encoder runs on the pair of
frames once for the scene discriminator and once more for the auto-encoder. The forms
take turns, so that a change of the machine's load meets all of them.
"""

from keras_drnet import program  # isort: skip  (quiets TensorFlow's start)

import statistics
import time

import keras
import tensorflow as tf
from absl import flags

from keras_drnet.config import Config
from keras_drnet.data import load_dataset
from keras_drnet.drnet import DrNet
from keras_drnet.models import build_networks
from keras_drnet.precision import resolve_precision

_NUM_FILTERS = flags.DEFINE_integer("num_filters", 64, "Width.", lower_bound=1)
_IMAGE_SIZE = flags.DEFINE_integer("image_size", 64, "Side of a frame, pixels.")
_BATCH_SIZE = flags.DEFINE_integer("batch_size", 32, "Clips.", lower_bound=2)
_FAMILY = flags.DEFINE_string("family", "dcgan", "Content encoder and decoder.")
_PRECISION = flags.DEFINE_string("precision", "auto", "Precision to compare with.")
_STEPS = flags.DEFINE_integer("steps", 5, "Steps of a round.", lower_bound=1)
_ROUNDS = flags.DEFINE_integer("rounds", 5, "Rounds.", lower_bound=1)


class PlainDrNet(DrNet):
    """DrNet whose scene discriminator has a pass of the pose encoder of its own."""

    def train_step(self, batch):
        """Trains the scene discriminator, then the auto-encoder, on one batch."""
        poses = [
            tf.stop_gradient(self.pose_encoder(batch[name], training=True))
            for name in ("pose_1", "pose_2")
        ]
        losses = self._train_scene_discriminator(*poses)
        return losses | self._train_autoencoder(batch)[0]


def main():
    """Times the forms in turn and prints a table."""
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
    times = {name: [] for name in forms}
    for _ in range(_ROUNDS.value):
        for name, step in forms.items():
            begin = time.perf_counter()
            for _ in range(_STEPS.value):
                step()
            times[name].append((time.perf_counter() - begin) / _STEPS.value)
    plain = times["plain, float32"]
    print(f"{'training step':<24}{'median ms':>10}{'min ms':>10}{'of plain':>10}")
    for name, values in times.items():
        ratio = statistics.median(a / b for a, b in zip(values, plain, strict=True))
        print(
            f"{name:<24}{1e3 * statistics.median(values):>10.0f}"
            f"{1e3 * min(values):>10.0f}{ratio:>10.2f}"
        )


def _step(form, config, dtype, batch):
    """Returns a function that takes one training step; it was called once."""
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


def cli():
    """Runs the program from the command line."""
    program.run(main)


if __name__ == "__main__":
    cli()
