r"""Draws the figures of the paper from a trained run, with words.

Usage:

    python -m keras_drnet.draw --run_dir=runs/quickstart --figure=generation \
        --num_future=500
    python -m keras_drnet.draw --run_dir=runs/kth --figure=comparison \
        --baseline=runs/kth_mcnet --baseline=runs/kth_autoencoder
"""

import numpy as np
from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.data.images import to_uint8
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.evaluation import comparison
from keras_drnet.inference.baselines import CopyLastFrame
from keras_drnet.visualization import paper_figures
from keras_drnet.visualization.labels import METHOD_NAMES

# Figure to the number of clips that fit on a slide.
NUM_CLIPS = {
    "analogy": 4,
    "interpolation": 3,
    "generation": 4,
    "comparison": 2,
    "neighbours": 2,
}
SIDE = 128  # To which frames are enlarged, pixels, about.
CLIPS_AT_A_TIME = 16

_RUN_DIR = cli.run_dir_flag()
_FIGURE = flags.DEFINE_enum(
    "figure", "all", ["all", *paper_figures.NAMES], "Which figure to draw."
)
_BASELINE = cli.baseline_flag()
_OUTPUT_DIR = cli.output_dir_flag("figures")
_NUM_FUTURE = cli.num_future_flag(90)
_STEPS = flags.DEFINE_list(
    "steps",
    [],
    "Numbers of the frames to show, counted from 1, the first observed one, such as "
    "12,15,20,30,40; default: about twelve.",
)
_NUM_CLIPS = flags.DEFINE_integer(
    "num_clips",
    None,
    "Clips in a figure; default: what fits on a slide.",
    lower_bound=2,
    upper_bound=16,
)
_DATA_DIR = cli.data_dir_flag()
_FIRST_CLIP = cli.first_clip_flag()
_BANK_CLIPS = flags.DEFINE_integer(
    "bank_clips", 256, "Training clips to find neighbours in.", lower_bound=1
)
_SCALE = flags.DEFINE_integer(
    "scale", 0, f"Enlargement of frames; 0 = to about {SIDE} pixels.", lower_bound=0
)


def main():
    """Draw one figure, or all that the run's method has."""
    run = RunFolder(_RUN_DIR.value)
    config = run.config(data_dir=_DATA_DIR.value)
    if _FIGURE.value in paper_figures.NEED_POSES:
        run.check_method("drnet", f"be drawn as {_FIGURE.value}")
    names = paper_figures.NAMES if _FIGURE.value == "all" else [_FIGURE.value]
    if config.method != "drnet":
        names = [name for name in names if name not in paper_figures.NEED_POSES]
    steps = paper_figures.parse_steps(
        _STEPS.value, config.data.num_past, _NUM_FUTURE.value
    )
    runs = [run, *map(RunFolder, _BASELINE.value)]
    predictors = comparison.load_predictors(runs)
    writer = paper_figures.FigureWriter(
        _OUTPUT_DIR.value or run.output_path("figures"),
        frame_rate=config.data.frame_rate,
        scale=_SCALE.value or max(1, SIDE // config.data.image_size),
    )
    for name in names:
        num_clips = _NUM_CLIPS.value or NUM_CLIPS[name]
        for path in DRAW[name](writer, config, predictors, num_clips, steps):
            print(path)


def _draw_analogy(writer, config, predictors, num_clips, _):
    clips = _test_clips(config, 3 * num_clips)
    contents, poses = clips[:num_clips, 0], clips[num_clips:]
    return writer.analogy(_first(predictors), contents, poses)


def _draw_interpolation(writer, config, predictors, num_clips, _):
    clips = _test_clips(config, num_clips)
    middle, start, end = clips[:, clips.shape[1] // 2], clips[:, 0], clips[:, -1]
    numbers = np.arange(num_clips)
    others = np.roll(numbers, -1)
    within = [f"clip {n + 1}" for n in numbers]
    across = [f"clip {n + 1}\nto {m + 1}" for n, m in zip(numbers, others, strict=True)]
    return writer.interpolation(
        _first(predictors),
        np.concatenate([middle, middle]),
        np.concatenate([start, middle]),
        np.concatenate([end, middle[others]]),
        within + across,
    )


def _draw_generation(writer, config, predictors, num_clips, steps):
    past = _test_clips(config, num_clips)[:, : config.data.num_past]
    name = next(iter(predictors))
    return writer.generation(
        predictors[name], past, _NUM_FUTURE.value, steps, name=name
    )


def _draw_comparison(writer, config, predictors, num_clips, steps):
    num_past, num_future = config.data.num_past, _NUM_FUTURE.value
    clips = comparison.longest_clips(
        config,
        num_past + num_future,
        first_clip=_FIRST_CLIP.value,
        num_clips=num_clips,
    )
    copy = {METHOD_NAMES["copy_last_frame"]: CopyLastFrame(clips.shape[2:])}
    return writer.comparison(predictors | copy, clips, num_past, num_future, steps)


def _draw_neighbors(writer, config, predictors, num_clips, steps):
    past = _test_clips(config, num_clips)[:, : config.data.num_past]
    source, bank = load_source(config, "train"), []
    for first in range(0, _BANK_CLIPS.value, CLIPS_AT_A_TIME):
        count = min(CLIPS_AT_A_TIME, _BANK_CLIPS.value - first)
        frames = np.concatenate(clip_frames(source, first, count))
        bank.append(to_uint8(frames))
    return writer.neighbors(_first(predictors), past, np.concatenate(bank), steps)


DRAW = {
    "analogy": _draw_analogy,
    "interpolation": _draw_interpolation,
    "generation": _draw_generation,
    "comparison": _draw_comparison,
    "neighbours": _draw_neighbors,
}


def _first(predictors):
    return next(iter(predictors.values()))


def _test_clips(config, num_clips):
    return clip_frames(load_source(config, "test"), _FIRST_CLIP.value, num_clips)


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
