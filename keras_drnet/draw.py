r"""Draws the figures of the paper from a trained run, with labels.

Usage:

    python -m keras_drnet.draw --run_dir=runs/quickstart --figure=generation \
        --num_future=500
    python -m keras_drnet.draw --run_dir=runs/kth --figure=comparison \
        --baseline=runs/kth_mcnet --baseline=runs/kth_autoencoder
"""

from absl import flags, logging

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.evaluation.run_figures import FigureOptions, draw_figures
from keras_drnet.visualization.paper_figures import NAMES, OLD_NAMES

_RUN_DIR = cli.run_dir_flag()
_FIGURE = flags.DEFINE_string(
    "figure", "all", f"Figure to draw: {', '.join(NAMES)}, or all."
)
_BASELINE = cli.baseline_flag()
_OUTPUT_DIR = cli.output_dir_flag("figures")
_DATA_DIR = cli.data_dir_flag()
_NUM_FUTURE = cli.num_future_flag(90)
_STEPS = flags.DEFINE_list(
    "steps",
    [],
    "Numbers of the frames in an image, from 1, the first observed one: such as "
    "12,15,20,30,40. Defaults to about twelve of them.",
)
_NUM_CLIPS = flags.DEFINE_integer(
    "num_clips",
    None,
    "Number of clips in a figure; defaults to what fits on a slide.",
    lower_bound=2,
    upper_bound=16,
)
_FIRST_CLIP = cli.first_clip_flag()
_BANK_CLIPS = flags.DEFINE_integer(
    "bank_clips", 256, "Training clips to search for neighbors.", lower_bound=1
)
_SCALE = flags.DEFINE_integer(
    "scale",
    0,
    "Factor by which frames are enlarged; 0 = to about 128 pixels.",
    lower_bound=0,
)


def main():
    """Draw one figure, or all that the run's method allows."""
    run = RunFolder(_RUN_DIR.value)
    options = FigureOptions(
        num_future=_NUM_FUTURE.value,
        steps=tuple(_STEPS.value),
        num_clips=_NUM_CLIPS.value or 0,
        first_clip=_FIRST_CLIP.value,
        bank_clips=_BANK_CLIPS.value,
        scale=_SCALE.value,
    )
    paths = draw_figures(
        run,
        [RunFolder(path) for path in _BASELINE.value],
        _OUTPUT_DIR.value or run.output_path("figures"),
        figure=_figure(),
        data_dir=_DATA_DIR.value,
        options=options,
    )
    for path in paths:
        print(path)


def _figure():
    for name, old_name in OLD_NAMES.items():
        if _FIGURE.value == old_name:
            logging.warning("--figure=%s is now called --figure=%s.", old_name, name)
            return name
    return _FIGURE.value


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
