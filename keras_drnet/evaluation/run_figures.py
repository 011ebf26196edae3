"""The figures of the paper, drawn from runs and their data."""

import dataclasses

import numpy as np

from keras_drnet.data.images import to_uint8
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.errors import choose
from keras_drnet.evaluation.comparison import load_predictors, longest_clips
from keras_drnet.inference.baselines import CopyLastFrame
from keras_drnet.visualization import paper_figures
from keras_drnet.visualization.figure_writer import FigureWriter
from keras_drnet.visualization.labels import METHOD_NAMES
from keras_drnet.visualization.shown_steps import parse_steps

# Maps a figure to the number of clips that fit on a slide.
NUM_CLIPS = {
    "analogy": 4,
    "interpolation": 3,
    "generation": 4,
    "comparison": 2,
    "neighbors": 2,
}
SIDE = 128  # Of an enlarged frame, pixels, about.
CLIPS_AT_A_TIME = 16


@dataclasses.dataclass(frozen=True)
class FigureOptions:
    """What to show in figures.

    Attributes:
        num_future: number of frames to generate.
        steps: strings, numbers of the frames in an image; none = about twelve.
        num_clips: number of clips in a figure; 0 = as many as fit on a slide.
        first_clip: index of the first test clip.
        bank_clips: number of training clips to search for neighbors.
        scale: integer factor by which frames are enlarged; 0 = to about 128 pixels.
    """

    num_future: int = 90
    steps: tuple[str, ...] = ()
    num_clips: int = 0
    first_clip: int = 0
    bank_clips: int = 256
    scale: int = 0


def draw_figures(
    run, baselines, output_dir, *, figure="all", data_dir=None, options=None
):
    """Draw one figure, or all that the method of a run allows.

    Args:
        run: a trained `RunFolder`.
        baselines: list of trained `RunFolder`s to compare with.
        output_dir: folder to write to.
        figure: `"all"` or one of `paper_figures.NAMES`.
        data_dir: data directory; `None` is the one used for training.
        options: `FigureOptions`; `None` for the default ones.

    Yields:
        The path of every file, once it is written.

    Raises:
        InputError: there is no such figure, the run's method does not allow it, or
            the runs cannot be compared.
    """
    options = options or FigureOptions()
    choose(dict.fromkeys(("all", *paper_figures.NAMES)), figure, "figure")
    config = run.config(data_dir=data_dir)
    if figure in paper_figures.NEED_POSES:
        run.check_method("drnet", f"be drawn as {figure}")
    names = paper_figures.NAMES if figure == "all" else [figure]
    if config.method != "drnet":
        names = [name for name in names if name not in paper_figures.NEED_POSES]
    steps = parse_steps(options.steps, config.data.num_past, options.num_future)
    predictors = load_predictors([run, *baselines])
    writer = FigureWriter(
        output_dir,
        frame_rate=config.data.frame_rate,
        scale=options.scale or max(1, SIDE // config.data.image_size),
    )
    for name in names:
        num_clips = options.num_clips or NUM_CLIPS[name]
        chosen = dataclasses.replace(options, num_clips=num_clips)
        yield from _DRAW[name](writer, config, predictors, steps, chosen)


def _draw_analogy(writer, config, predictors, steps, options):
    num_clips = options.num_clips
    clips = _test_clips(config, options.first_clip, 3 * num_clips)
    contents, poses = clips[:num_clips, 0], clips[num_clips:]
    return paper_figures.analogy(writer, _first(predictors), contents, poses)


def _draw_interpolation(writer, config, predictors, steps, options):
    clips = _test_clips(config, options.first_clip, options.num_clips)
    middle, start, end = clips[:, clips.shape[1] // 2], clips[:, 0], clips[:, -1]
    numbers = np.arange(options.num_clips)
    others = np.roll(numbers, -1)
    within = [f"clip {n + 1}" for n in numbers]
    across = [f"clip {n + 1}\nto {m + 1}" for n, m in zip(numbers, others, strict=True)]
    return paper_figures.interpolation(
        writer,
        _first(predictors),
        np.concatenate([middle, middle]),
        np.concatenate([start, middle]),
        np.concatenate([end, middle[others]]),
        within + across,
    )


def _draw_generation(writer, config, predictors, steps, options):
    clips = _test_clips(config, options.first_clip, options.num_clips)
    past = clips[:, : config.data.num_past]
    name = next(iter(predictors))
    return paper_figures.generation(
        writer, predictors[name], past, options.num_future, steps, name=name
    )


def _draw_comparison(writer, config, predictors, steps, options):
    num_past, num_future = config.data.num_past, options.num_future
    clips = longest_clips(
        config,
        num_past + num_future,
        first_clip=options.first_clip,
        num_clips=options.num_clips,
    )
    copy = {METHOD_NAMES["copy_last_frame"]: CopyLastFrame(clips.shape[2:])}
    return paper_figures.comparison(
        writer, predictors | copy, clips, num_past, num_future, steps
    )


def _draw_neighbors(writer, config, predictors, steps, options):
    clips = _test_clips(config, options.first_clip, options.num_clips)
    past = clips[:, : config.data.num_past]
    source, bank = load_source(config, "train"), []
    for first in range(0, options.bank_clips, CLIPS_AT_A_TIME):
        count = min(CLIPS_AT_A_TIME, options.bank_clips - first)
        frames = np.concatenate(clip_frames(source, first, count))
        bank.append(to_uint8(frames))
    return paper_figures.neighbors(
        writer, _first(predictors), past, np.concatenate(bank), steps
    )


_DRAW = {
    "analogy": _draw_analogy,
    "interpolation": _draw_interpolation,
    "generation": _draw_generation,
    "comparison": _draw_comparison,
    "neighbors": _draw_neighbors,
}


def _first(predictors):
    return next(iter(predictors.values()))


def _test_clips(config, first_clip, num_clips):
    return clip_frames(load_source(config, "test"), first_clip, num_clips)
