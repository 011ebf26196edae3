"""Images and videos of a predictor's output for a few clips."""

import itertools

import numpy as np

from keras_drnet.visualization.frame_grid import GRAY, GREEN, RED, frame_grid, write_png
from keras_drnet.visualization.video_writer import video_writers

NUM_COLUMNS = 10  # Most frames in a row of an image.
STRIP_COLUMNS = 20  # Most frames in a row of a strip.


def reconstruction_grid(predictor, batch, *, scale=1):
    """Draw reconstructions and swaps of a batch of `DrNet`.

    Rows, from the top: content frames; pose frames; poses decoded with the content
    above them; the same poses with the content of the next column. Generated rows
    have a red border.

    Args:
        predictor: a `VideoPredictor`.
        batch: dict with `content_1`, `[B, H, W, C]` or several frames of each clip, of
            which the last is shown, and `pose_1`, `[B, H, W, C]`.
        scale: integer factor by which frames are enlarged.

    Returns:
        A uint8 image `[H', W', 3]`.
    """
    content = np.asarray(batch["content_1"])[:NUM_COLUMNS]
    pose = np.asarray(batch["pose_1"])[:NUM_COLUMNS]
    other = np.roll(content, -1, axis=0)
    return frame_grid(
        [
            content[:, -1] if content.ndim == 5 else content,
            pose,
            predictor.reconstruct(content, pose),
            predictor.reconstruct(other, pose),
        ],
        colors=[GREEN, GREEN, RED, RED],
        scale=scale,
    )


def swap_grid(predictor, content_frames, pose_frames, *, scale=1, border=1):
    """Draw every pairing of contents with poses: synthesis by analogy.

    The left column shows the content frames, the top row the pose frames. The frame
    in row i and column j has the content of row i and the pose of column j.

    Args:
        predictor: a `VideoPredictor`.
        content_frames: `[N, H, W, C]`.
        pose_frames: `[M, H, W, C]`.
        scale: integer factor by which frames are enlarged.
        border: width of the frames' borders, pixels of the image.

    Returns:
        A uint8 image `[H', W', 3]`.
    """
    content_frames = np.asarray(content_frames)
    pose_frames = np.asarray(pose_frames)
    corner = np.ones_like(pose_frames[:1])
    rows = [np.concatenate([corner, pose_frames])]
    colors = [[GRAY] + [GREEN] * len(pose_frames)]
    for frame in content_frames:
        repeated = np.repeat(frame[np.newaxis], len(pose_frames), axis=0)
        swapped = predictor.reconstruct(repeated, pose_frames)
        rows.append(np.concatenate([frame[np.newaxis], swapped]))
        colors.append([GREEN] + [RED] * len(pose_frames))
    return frame_grid(rows, colors=colors, scale=scale, border=border)


def prediction_grid(predictor, clips, num_past, *, num_clips=4, scale=1):
    """Draw real clips, and below each the prediction from its first frames.

    Args:
        predictor: a `Predictor`.
        clips: `[B, T, H, W, C]`.
        num_past: number of observed frames.
        num_clips: most clips to draw.
        scale: integer factor by which frames are enlarged.

    Returns:
        A uint8 image `[H', W', 3]`: observed frames green, generated ones red.
    """
    clips = np.asarray(clips)[:num_clips]
    past = clips[:, :num_past]
    num_future = clips.shape[1] - num_past
    future = predictor.predict(past, num_future)
    rows, colors = [], []
    for clip, observed, predicted in zip(clips, past, future, strict=True):
        rows += [clip, np.concatenate([observed, predicted])]
        colors += [
            GREEN,
            [GREEN] * num_past + [RED] * num_future,
        ]
    return frame_grid(rows, colors=colors, scale=scale)


def write_videos(predictor, past, num_future, paths, *, strip, frame_rate, scale=1):
    """Generate frames and write them one by one, in constant memory.

    Args:
        predictor: a `Predictor`.
        past: observed frames `[B, num_past, H, W, C]`.
        num_future: number of frames to generate.
        paths: videos to write, `.gif` or `.mp4`.
        strip: PNG file to write, a row for each clip: the observed frames, then
            generated ones, evenly spaced in time.
        frame_rate: frames per second.
        scale: integer factor by which frames are enlarged.

    Returns:
        The paths of the files, a list.
    """
    num_past = past.shape[1]
    shown = np.unique(
        np.linspace(0, num_future - 1, max(STRIP_COLUMNS - num_past, 1), dtype=int)
    )
    columns = list(np.moveaxis(past, 1, 0))
    with video_writers(paths, frame_rate=frame_rate) as append:
        for frames in columns:
            append(_bordered_row(frames, GREEN, scale))
        future = itertools.islice(predictor.stream(past), num_future)
        for t, frames in enumerate(future):
            append(_bordered_row(frames, RED, scale))
            if t in shown:
                columns.append(frames)
    colors = [GREEN] * num_past + [RED] * len(shown)
    rows = list(np.stack(columns, axis=1))
    write_png(
        strip,
        frame_grid(rows, colors=[colors] * len(rows), scale=scale),
    )
    return [*paths, strip]


def _bordered_row(frames, color, scale):
    return frame_grid([frames], colors=[color], scale=scale, border=2)
