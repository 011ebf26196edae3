"""Times a training step of DrNet, and the sources of clips that feed it.

Usage:

    python -m keras_drnet.benchmark --num_filters=64 --batch_size=32
    python -m keras_drnet.benchmark --source=kth_small=shards/kth
    python -m keras_drnet.benchmark --backend=jax  # Without the sources.

The first table compares the step with the plain one of the authors: in float32, with
two passes of the pose encoder, one for the scene discriminator and one for the
auto-encoder. The second table lists the clips per second of each source, and their
ratio to what the fastest step consumes; they need TensorFlow. Batches of the steps are
random numbers.
"""

import os
import tempfile

from absl import flags

from keras_drnet import cli

BATCHES = 20  # Read from each source in a round.

_NUM_FILTERS = flags.DEFINE_integer(
    "num_filters", 64, "Filters of the first layer of each network.", lower_bound=1
)
_IMAGE_SIZE = flags.DEFINE_integer("image_size", 64, "Side of a frame, pixels.")
_BATCH_SIZE = flags.DEFINE_integer("batch_size", 32, "Clips in a batch.", lower_bound=2)
_FAMILY = flags.DEFINE_string(
    "family", "dcgan", "Content encoder and decoder, such as dcgan or vgg_unet."
)
_PRECISION = flags.DEFINE_string(
    "precision", "auto", "Precision to compare with float32."
)
_STEPS = flags.DEFINE_integer("steps", 5, "Training steps in a round.", lower_bound=1)
_ROUNDS = flags.DEFINE_integer("rounds", 5, "Number of rounds.", lower_bound=1)
_BACKEND = flags.DEFINE_enum(
    "backend", "tensorflow", ["jax", "tensorflow"], "Keras backend of the steps."
)
_SOURCE = flags.DEFINE_multi_string(
    "source", [], "Another source to time, preset=data_dir"
)


def main():
    """Time all in turn and print the tables."""
    os.environ["KERAS_BACKEND"] = _BACKEND.value  # Read when Keras is imported.
    from keras_drnet.config.precision import resolve_precision
    from keras_drnet.config.schema import Config
    from keras_drnet.training import benchmark

    config = Config().with_overrides(
        [
            f"model.num_filters={_NUM_FILTERS.value}",
            f"model.content_encoder={_FAMILY.value}",
            f"model.decoder={_FAMILY.value}",
            f"data.image_size={_IMAGE_SIZE.value}",
            f"drnet.batch_size={_BATCH_SIZE.value}",
        ]
    )
    steps = benchmark.make_steps(config, resolve_precision(_PRECISION.value))
    num_calls = dict.fromkeys(steps, _STEPS.value)
    if _BACKEND.value != "tensorflow":
        seconds = benchmark.time_in_turns(
            steps, num_calls=num_calls, num_rounds=_ROUNDS.value
        )
        print(benchmark.steps_table(seconds))
        return
    from keras_drnet.data import benchmark as data_benchmark

    with tempfile.TemporaryDirectory() as folder:
        readers = data_benchmark.make_readers(config, folder, _SOURCE.value)
        num_calls |= dict.fromkeys(readers, BATCHES)
        seconds = benchmark.time_in_turns(
            steps | readers, num_calls=num_calls, num_rounds=_ROUNDS.value
        )
    step_seconds = {name: seconds[name] for name in steps}
    print(benchmark.steps_table(step_seconds))
    print()
    batch_seconds = {name: seconds[name] for name in readers}
    print(data_benchmark.sources_table(batch_seconds, step_seconds, _BATCH_SIZE.value))


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
