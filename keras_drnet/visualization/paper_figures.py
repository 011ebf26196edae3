"""The figures of the paper, with words: what trained networks make of clips.

Frames are numbered from 1, the first observed one. Those with a green border are
real, those with a red one generated.
"""

import itertools
import pathlib
import textwrap

import numpy as np

from keras_drnet.errors import InputError
from keras_drnet.metrics import nearest_neighbors
from keras_drnet.visualization import sample_grids
from keras_drnet.visualization.frame_grid import GRAY, GREEN, RED, frame_grid, write_png
from keras_drnet.visualization.labels import GAP, Block, add_labels
from keras_drnet.visualization.video_writer import ENCODERS, video_writers

# The figures, and those of them that need content and pose apart.
NAMES = ("analogy", "interpolation", "generation", "comparison", "neighbours")
NEED_POSES = ("analogy", "interpolation", "neighbours")
LEGEND = "Green border: real frame. Red border: generated."
BLANK = 0.85  # Gray of a frame that does not exist.
BORDER = 2  # Of frames, pixels.
SPACE = 24  # White between clips, pixels.
NAME_WIDTH = 14  # Letters in a line of a method's name.
MOST_STEPS = 12  # Generated frames in a row, about.
EARLY = (2, 5, 10)  # Frames after the last observed one that are always shown.
INTERPOLATED = 8  # Frames from one pose to the other in the picture,
INTERPOLATED_VIDEO = 24  # and in the video.
BATCH = 64  # Frames encoded at a time.


def default_steps(num_past, num_future):
    """Choose the frames to show of a long prediction.

    Args:
        num_past: number of observed frames.
        num_future: number of generated frames.

    Returns:
        A list of numbers of frames: the first and the last observed one, a few soon
        after it, and then multiples of 10, or of 1, 2, 5, 20, 50, ... so that about
        12 are shown.
    """
    total = num_past + num_future
    strides = (m * 10**k for k in itertools.count() for m in (1, 2, 5))
    stride = next(s for s in strides if total <= MOST_STEPS * s)
    early = [num_past + n for n in EARLY if n < stride]
    later = range(stride, total + 1, stride)
    generated = {t for t in (*early, *later) if num_past < t <= total} or {total}
    return sorted({1, num_past} | generated)


def parse_steps(texts, num_past, num_future):
    """Read which frames to show.

    Args:
        texts: strings with the numbers of frames, from 1; none = `default_steps`.
        num_past: number of observed frames.
        num_future: number of generated frames.

    Returns:
        A list of the numbers, in order.

    Raises:
        InputError: one is no number of a frame, or none is of a generated one.
    """
    if not texts:
        return default_steps(num_past, num_future)
    total = num_past + num_future
    try:
        steps = sorted({int(text) for text in texts})
    except ValueError:
        steps = [0]
    if steps[0] < 1 or not num_past < steps[-1] <= total:
        raise InputError(
            f"--steps is {','.join(texts)}; expected numbers of frames from 1 to "
            f"{total} ({num_past} observed and --num_future={num_future}), with a "
            "generated one among them."
        )
    return steps


class FigureWriter:
    """Writes figures as `<name>.png`, and what moves as `.gif` and `.mp4` too.

    Every method returns the files that it wrote.
    """

    def __init__(self, folder, *, frame_rate, scale=1):
        """Say where and how large.

        Args:
            folder: where the files are written.
            frame_rate: frames a second of videos.
            scale: whole factor by which frames are enlarged.
        """
        self._folder = pathlib.Path(folder)
        self._frame_rate = frame_rate
        self._scale = scale

    def analogy(self, predictor, content_frames, pose_clips):
        """Pair every content with every pose; in the video the poses run on.

        Args:
            predictor: a `VideoPredictor`.
            content_frames: `[N, H, W, C]`, a row each.
            pose_clips: `[M, T, H, W, C]`, a column each; the picture shows their
                middle frames.
        """
        rows = ["poses of", *_numbered("content", content_frames)]
        columns = ["contents of", *_numbered("pose", pose_clips)]
        title = "Analogy: the content of the row in the pose of the column"
        num_frames = pose_clips.shape[1]

        def draw(time, title):
            poses = pose_clips[:, time]
            grid = sample_grids.swap_grid(
                predictor, content_frames, poses, scale=self._scale, border=BORDER
            )
            return add_labels([Block(grid, rows, columns)], title=title, note=LEGEND)

        pictures = (
            draw(t, f"{title}, {_clock(t + 1, num_frames)}") for t in range(num_frames)
        )
        return [
            self._write_picture("analogy", draw(num_frames // 2, title)),
            *self._write_videos("analogy", pictures),
        ]

    def interpolation(self, predictor, content_frames, starts, ends, rows):
        """Go from one pose to another in a straight line, with content fixed.

        Args:
            predictor: a `VideoPredictor`.
            content_frames: `[N, H, W, C]`.
            starts: `[N, H, W, C]`, frames with the poses to begin with.
            ends: `[N, H, W, C]`, frames with the poses to end with.
            rows: words for each row.
        """
        title = "Interpolation between two poses"

        def decode(num_steps):
            frames = predictor.interpolate(content_frames, starts, ends, num_steps)
            return list(np.moveaxis(frames, 1, 0))

        def draw(frames, places):
            cells = np.stack([content_frames, starts, *frames, ends], axis=1)
            green, red = GREEN, RED
            colors = [green, green, *[red] * len(frames), green]
            columns = ["content", "from", *places, "to"]
            block = Block(self._grid(cells, [colors] * len(cells)), rows, columns)
            return add_labels([block], title=title, note=LEGEND)

        last = INTERPOLATED - 1
        places = ["0", *(f"{i}/{last}" for i in range(1, last)), "1"]
        video = decode(INTERPOLATED_VIDEO)
        last = INTERPOLATED_VIDEO - 1
        there = range(INTERPOLATED_VIDEO)
        pictures = (
            draw([video[i]], [f"{i / last:.2f}"]) for i in [*there, *there[::-1]]
        )
        return [
            self._write_picture("interpolation", draw(decode(INTERPOLATED), places)),
            *self._write_videos("interpolation", pictures),
        ]

    def generation(self, predictor, past, num_future, steps, *, name):
        """Generate on and on; the memory that it takes does not grow.

        Args:
            predictor: a `Predictor`.
            past: observed frames `[B, num_past, H, W, C]`, a row each.
            num_future: frames to generate.
            steps: numbers of the frames in the picture.
            name: the method's name.
        """
        num_past = past.shape[1]
        total = num_past + num_future
        stream = itertools.chain(np.moveaxis(past, 1, 0), predictor.stream(past))
        clips, shown = _numbered("clip", past), []

        def pictures():
            for t, frames in enumerate(itertools.islice(stream, total), 1):
                if t in steps:
                    shown.append(frames)
                block = Block(self._grid([frames], [_color(t, num_past)]), (), clips)
                yield add_labels([block], title=_clock(t, total), note=LEGEND)

        videos = self._write_videos("generation", pictures())
        cells = np.stack(shown, axis=1)
        colors = [[_color(t, num_past) for t in steps]] * len(cells)
        block = Block(self._grid(cells, colors), clips, _times(steps))
        title = f"{name}: {num_past} frames observed, {num_future} generated"
        picture = add_labels([block], title=title, note=LEGEND)
        return [self._write_picture("generation", picture), *videos]

    def comparison(self, predictors, clips, num_past, num_future, steps):
        """Set what several methods predict beside what came.

        Args:
            predictors: dict of name to `Predictor`.
            clips: real clips `[B, T, H, W, C]`; where they are shorter than
                `num_past + num_future` there are blanks.
            num_past: number of observed frames.
            num_future: frames to generate.
            steps: numbers of the frames in the picture.
        """
        past, total = clips[:, :num_past], num_past + num_future
        num_real, note = min(clips.shape[1], total), LEGEND
        if num_real < total:
            note += f" Grey: the real clips end at t = {num_real}."
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
            """Draw rows of (method, clip, number of the frame)."""
            return self._grid(
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
            self._write_picture("comparison", still),
            *self._write_videos("comparison", map(draw, range(1, total + 1))),
        ]

    def neighbors(self, predictor, past, bank, steps):
        """Set beneath generated frames the training frames that are nearest to them.

        Args:
            predictor: a `VideoPredictor`.
            past: observed frames `[B, num_past, H, W, C]`.
            bank: training frames, uint8 `[N, H, W, C]`.
            steps: numbers of the frames to show; observed ones are left out.
        """
        num_past = past.shape[1]
        steps = [t for t in steps if t > num_past]
        future = predictor.predict(past, steps[-1] - num_past)
        bank_poses, blocks = _poses(predictor, bank), []
        for clip in future:
            frames = clip[[t - num_past - 1 for t in steps]]
            space = SPACE if blocks else GAP
            grid = self._grid([frames], [RED])
            blocks.append(Block(grid, ["generated"], _times(steps), space))
            found = {
                "pixels": nearest_neighbors.nearest(frames, bank),
                "pose": nearest_neighbors.nearest(
                    _poses(predictor, frames), bank_poses
                ),
            }
            for where, (distances, indices) in found.items():
                grid = self._grid([bank[indices[:, 0]] / 255], [GREEN])
                numbers = [f"{distance:.3f}" for distance in distances[:, 0]]
                blocks.append(Block(grid, [f"nearest\nin {where}"], numbers))
        note = "Numbers: Euclidean distance to the generated frame, of pixels or poses."
        title = f"Nearest of {len(bank)} training frames"
        picture = add_labels(blocks, title=title, note=note)
        return [self._write_picture("neighbours", picture)]

    def _grid(self, rows, colors):
        return frame_grid(rows, colors=colors, scale=self._scale, border=BORDER)

    def _write_picture(self, name, picture):
        path = self._folder / f"{name}.png"
        write_png(path, picture)
        return path

    def _write_videos(self, name, pictures):
        paths = [self._folder / f"{name}{suffix}" for suffix in ENCODERS]
        with video_writers(paths, frame_rate=self._frame_rate) as append:
            for picture in pictures:
                append(picture)
        return paths


def _poses(predictor, frames):
    encode = predictor.networks.pose_encoder
    scale = 255 if frames.dtype == np.uint8 else 1
    return np.concatenate(
        [
            encode(np.float32(frames[i : i + BATCH]) / scale, training=False)
            for i in range(0, len(frames), BATCH)
        ]
    )


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
    """Return the number of a frame with as many digits as the last one has."""
    return f"t = {t:0{len(str(total))}d}"
