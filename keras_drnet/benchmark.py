"""Times a training step of DrNet, and the sources of clips that feed it.

Usage:

    python -m keras_drnet.benchmark --num_filters=64 --batch_size=32
    python -m keras_drnet.benchmark --source=kth_small=shards/kth
    python -m keras_drnet.benchmark --backend=jax  # Without the sources.
    python -m keras_drnet.benchmark --torch_python=.venv-peers/bin/python

The first table compares the step with a plain one and, with --torch_python, with that
of the authors in PyTorch: in float32, with two passes of the pose encoder, one for the
scene discriminator and one for the auto-encoder. Its batches are random numbers. The
second table lists the clips per second of each source, and their ratio to what the
fastest step consumes; it needs TensorFlow.
"""

import contextlib
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
_TORCH_PYTHON = flags.DEFINE_string(
    "torch_python", None, "A Python with PyTorch, to time the authors' form of a step."
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
    precision = resolve_precision(_PRECISION.value)
    with contextlib.ExitStack() as stack:
        steps = {}
        if _TORCH_PYTHON.value:
            step = benchmark.torch_step(_TORCH_PYTHON.value, config)
            steps[benchmark.TORCH] = stack.enter_context(step)
        steps |= benchmark.make_steps(config, precision)
        readers = {}
        if _BACKEND.value == "tensorflow":
            from keras_drnet.data import benchmark as data_benchmark

            folder = stack.enter_context(tempfile.TemporaryDirectory())
            readers = data_benchmark.make_readers(config, folder, _SOURCE.value)
        seconds = benchmark.time_in_turns(
            steps | readers,
            num_calls=dict.fromkeys(steps, _STEPS.value)
            | dict.fromkeys(readers, BATCHES),
            num_rounds=_ROUNDS.value,
        )
    step_seconds = {name: seconds[name] for name in steps}
    print(benchmark.steps_table(step_seconds))
    if readers:
        read = {name: seconds[name] for name in readers}
        print(
            f"\n{data_benchmark.sources_table(read, step_seconds, _BATCH_SIZE.value)}"
        )


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
