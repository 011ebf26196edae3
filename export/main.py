"""Exports a trained run as a bundle: SavedModel, TFLite and ONNX.

Usage:

    python -m export.main --run_dir=runs/quickstart --output_dir=bundle

Exit code 3: the bundle lacks models that drift too far from Keras; they are named.
"""

import pathlib
import sys

import tensorflow as tf
from absl import flags, logging

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.errors import choose

from . import bundle, model_card
from .formats import schemes

_RUN_DIR = cli.run_dir_flag()
_OUTPUT_DIR = cli.output_dir_flag("bundle")
_FORMATS = flags.DEFINE_list(
    "formats", list(bundle.FORMATS), f"What to write: {', '.join(bundle.FORMATS)}."
)
_QUANTIZE = flags.DEFINE_list(
    "quantize",
    list(bundle.Options.schemes),
    f"TFLite files to write: {', '.join(schemes.SCHEMES)}.",
)
_VERSION = flags.DEFINE_integer(
    "version", 1, "Version of the SavedModel.", lower_bound=1
)
_DATA_DIR = cli.data_dir_flag()
_FORCE = flags.DEFINE_bool(
    "force", False, "Also write models that drift further than their threshold."
)

EXIT_REFUSED = 3


def main():
    """Write the bundle and print its table."""
    formats = dict.fromkeys(bundle.FORMATS)
    for name in _FORMATS.value:
        choose(formats, name, "format")
    for name in _QUANTIZE.value:
        choose(schemes.SCHEMES, name, "quantization")
    # TensorFlow logs every file that it writes.
    logging.set_verbosity(logging.WARNING)
    tf.get_logger().setLevel("WARNING")
    run = RunFolder(_RUN_DIR.value)
    output_dir = pathlib.Path(_OUTPUT_DIR.value or run.output_path("bundle"))
    options = bundle.Options(
        formats=tuple(_FORMATS.value),
        schemes=tuple(_QUANTIZE.value),
        version=_VERSION.value,
        force=_FORCE.value,
        data_dir=_DATA_DIR.value,
    )
    measurements = bundle.export_run(run, output_dir, options)
    print(model_card.table(measurements))
    print(f"The bundle is {output_dir}; see its model_card.md for details.")
    refused = [m.name for m in measurements if not m.passed]
    if refused and not _FORCE.value:
        print(
            f"Not written because they drift too far: {', '.join(refused)}. Use "
            "--force to write them anyway.",
            file=sys.stderr,
        )
        sys.exit(EXIT_REFUSED)


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
