"""The figures of the paper, with labels.

Every function draws one figure with a `FigureWriter` and returns the paths of its
files. Frames are numbered from 1, the first observed one. Real frames have a green
border, generated ones a red border.
"""

import itertools
import pathlib
import textwrap

import numpy as np

from keras_drnet.metrics import nearest_neighbors
from keras_drnet.models.encode import encode_in_batches
from keras_drnet.visualization import sample_grids
from keras_drnet.visualization.figure_writer import BORDER
from keras_drnet.visualization.frame_grid import GRAY, GREEN, RED
from keras_drnet.visualization.labels import GAP, Block, add_labels

NAMES = ("analogy", "interpolation", "generation", "comparison", "neighbors")
NEED_POSES = ("analogy", "interpolation", "neighbors")  # Figures of DrNet alone.
OLD_NAMES = {"neighbors": "neighbours"}  # Names of figures in release 0.1.
LEGEND = "Green border: real frame. Red border: generated."
BLANK = 0.85  # Gray level in place of a frame that does not exist.
SPACE = 24  # White between clips, pixels.
NAME_WIDTH = 14  # Characters in a line of a method's name.
INTERPOLATED = 8  # Poses from start to end in the image,
INTERPOLATED_VIDEO = 24  # and in the video.


def find_image(folder, name):
    """Return the path of a figure's image, which may still have its old name.

    Args:
        folder: folder of figures.
        name: one of `NAMES`.
    """
    path = pathlib.Path(folder, f"{name}.png")
    old_path = path.with_stem(OLD_NAMES.get(name, name))
    return old_path if old_path.exists() and not path.exists() else path


def analogy(writer, predictor, content_frames, pose_clips):
    """Draw every content in every pose; in the video the poses change over time.

    Args:
        writer: a `FigureWriter`.
        predictor: a `VideoPredictor`.
        content_frames: `[N, H, W, C]`, a row each.
        pose_clips: `[M, T, H, W, C]`, a column each; the image shows their middle
            frames.
    """
    rows = ["poses of", *_numbered("content", content_frames)]
    columns = ["contents of", *_numbered("pose", pose_clips)]
    title = "Analogy: the content of the row in the pose of the column"
    num_frames = pose_clips.shape[1]

    def draw(time, title):
        poses = pose_clips[:, time]
        grid = sample_grids.swap_grid(
            predictor, content_frames, poses, scale=writer.scale, border=BORDER
        )
        return add_labels([Block(grid, rows, columns)], title=title, note=LEGEND)

    images = (
        draw(t, f"{title}, {_clock(t + 1, num_frames)}") for t in range(num_frames)
    )
    return [
        writer.write_image("analogy", draw(num_frames // 2, title)),
        *writer.write_videos("analogy", images),
    ]


def interpolation(writer, predictor, content_frames, starts, ends, rows):
    """Draw linear interpolations between two poses, with fixed content.

    Args:
        writer: a `FigureWriter`.
        predictor: a `VideoPredictor`.
        content_frames: `[N, H, W, C]`.
        starts: `[N, H, W, C]`, frames that give the first poses.
        ends: `[N, H, W, C]`, frames that give the last poses.
        rows: label of each row.
    """
    title = "Interpolation between two poses"

    def decode(num_steps):
        frames = predictor.interpolate(content_frames, starts, ends, num_steps)
        return list(np.moveaxis(frames, 1, 0))

    def draw(frames, fractions):
        cells = np.stack([content_frames, starts, *frames, ends], axis=1)
        colors = [GREEN, GREEN, *[RED] * len(frames), GREEN]
        columns = ["content", "from", *fractions, "to"]
        block = Block(writer.grid(cells, [colors] * len(cells)), rows, columns)
        return add_labels([block], title=title, note=LEGEND)

    last = INTERPOLATED - 1
    fractions = ["0", *(f"{i}/{last}" for i in range(1, last)), "1"]
    video = decode(INTERPOLATED_VIDEO)
    last = INTERPOLATED_VIDEO - 1
    there = range(INTERPOLATED_VIDEO)
    images = (draw([video[i]], [f"{i / last:.2f}"]) for i in [*there, *there[::-1]])
    return [
        writer.write_image("interpolation", draw(decode(INTERPOLATED), fractions)),
        *writer.write_videos("interpolation", images),
    ]


def generation(writer, predictor, past, num_future, steps, *, name):
    """Draw a prediction of any length, in constant memory.

    Args:
        writer: a `FigureWriter`.
        predictor: a `Predictor`.
        past: observed frames `[B, num_past, H, W, C]`, a row each.
        num_future: number of frames to generate.
        steps: numbers of the frames in the image.
        name: display name of the method.
    """
    num_past = past.shape[1]
    total = num_past + num_future
    stream = itertools.chain(np.moveaxis(past, 1, 0), predictor.stream(past))
    clips, shown = _numbered("clip", past), []

    def images():
        for t, frames in enumerate(itertools.islice(stream, total), 1):
            if t in steps:
                shown.append(frames)
            block = Block(writer.grid([frames], [_color(t, num_past)]), (), clips)
            yield add_labels([block], title=_clock(t, total), note=LEGEND)

    videos = writer.write_videos("generation", images())
    cells = np.stack(shown, axis=1)
    colors = [[_color(t, num_past) for t in steps]] * len(cells)
    block = Block(writer.grid(cells, colors), clips, _times(steps))
    title = f"{name}: {num_past} frames observed, {num_future} generated"
    image = add_labels([block], title=title, note=LEGEND)
    return [writer.write_image("generation", image), *videos]


def comparison(writer, predictors, clips, num_past, num_future, steps):
    """Draw the predictions of several methods beside the real frames.

    Args:
        writer: a `FigureWriter`.
        predictors: dict of display name to `Predictor`.
        clips: real clips `[B, T, H, W, C]`; if they are shorter than
            `num_past + num_future`, blanks follow them.
        num_past: number of observed frames.
        num_future: number of frames to generate.
        steps: numbers of the frames in the image.
    """
    past, total = clips[:, :num_past], num_past + num_future
    num_real, note = min(clips.shape[1], total), LEGEND
    if num_real < total:
        note += f" Gray: the real clips end at t = {num_real}."
    blanks = np.full_like(clips[:, :1], BLANK).repeat(total - num_real, axis=1)
    videos = [np.concatenate([clips[:, :num_real], blanks], axis=1)]
    for predictor in predictors.values():
        future = predictor.predict(past, num_future)
        videos.append(np.concatenate([past, future], axis=1))
    names = [_wrap(name) for name in ("real", *predictors)]
    methods = range(len(names))

    def color(method, t):
        if method:
            return _color(t, num_past)
        return GREEN if t <= num_real else GRAY

    def grid(rows):
        """Draw rows of (method, clip, frame number)."""
        return writer.grid(
            [[videos[m][clip, t - 1] for m, clip, t in row] for row in rows],
            [[color(m, t) for m, _, t in row] for row in rows],
        )

    def draw(t):
        rows = [[(m, clip, t) for m in methods] for clip in range(len(clips))]
        block = Block(grid(rows), _numbered("clip", clips), names)
        return add_labels([block], title=_clock(t, total), note=note)

    blocks = []
    for clip in range(len(clips)):
        rows = [[(m, clip, t) for t in steps] for m in methods]
        columns, space = ((), SPACE) if clip else (_times(steps), GAP)
        blocks.append(Block(grid(rows), names, columns, space))
    title = f"What follows {num_past} observed frames"
    still = add_labels(blocks, title=title, note=note)
    return [
        writer.write_image("comparison", still),
        *writer.write_videos("comparison", map(draw, range(1, total + 1))),
    ]


def neighbors(writer, predictor, past, bank, steps):
    """Draw the training frames that are nearest to generated frames.

    Args:
        writer: a `FigureWriter`.
        predictor: a `VideoPredictor`.
        past: observed frames `[B, num_past, H, W, C]`.
        bank: training frames, uint8 `[N, H, W, C]`.
        steps: numbers of the frames to show; observed ones are left out.
    """
    num_past = past.shape[1]
    steps = [t for t in steps if t > num_past]
    future = predictor.predict(past, steps[-1] - num_past)
    encoder = predictor.networks.pose_encoder
    bank_poses, blocks = encode_in_batches(encoder, bank), []
    for clip in future:
        frames = clip[[t - num_past - 1 for t in steps]]
        space = SPACE if blocks else GAP
        grid = writer.grid([frames], [RED])
        blocks.append(Block(grid, ["generated"], _times(steps), space))
        found = {
            "pixels": nearest_neighbors.nearest(frames, bank),
            "pose": nearest_neighbors.nearest(
                encode_in_batches(encoder, frames), bank_poses
            ),
        }
        for where, (distances, indices) in found.items():
            grid = writer.grid([bank[indices[:, 0]] / 255], [GREEN])
            numbers = [f"{distance:.3f}" for distance in distances[:, 0]]
            blocks.append(Block(grid, [f"nearest\nin {where}"], numbers))
    note = "Numbers: Euclidean distance to the generated frame, of pixels or poses."
    title = f"Nearest of {len(bank)} training frames"
    image = add_labels(blocks, title=title, note=note)
    return [writer.write_image("neighbors", image)]


def _color(t, num_past):
    return GREEN if t <= num_past else RED


def _numbered(word, items):
    return [f"{word} {i}" for i in range(1, len(items) + 1)]


def _wrap(name):
    return textwrap.fill(
        name, NAME_WIDTH, break_long_words=False, break_on_hyphens=False
    )


def _times(steps):
    return [f"t = {t}" for t in steps]


def _clock(t, total):
    """Return a frame number, padded with zeros to the width of the last one."""
    return f"t = {t:0{len(str(total))}d}"
