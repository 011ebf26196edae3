"""The frames that a prediction goes on from, out of a video or a folder of pictures."""

import pathlib

import numpy as np

from keras_drnet.data.clips import BadFile
from keras_drnet.data.datasets.video_folder import pictures
from keras_drnet.data.images import read_image
from keras_drnet.data.video import read_video
from keras_drnet.errors import InputError


def read_past(
    source,
    num_past,
    image_size,
    num_channels,
    *,
    frame_rate,
    first_frame=0,
    resize="squash",
):
    """Read observed frames.

    Args:
        source: a video, or a folder of pictures: 1, 2, ... 10.
        num_past: frames to read.
        image_size: side of a frame in pixels.
        num_channels: 1 or 3.
        frame_rate: frames a second, at which a video is sampled.
        first_frame: number of the first frame to read, from 0.
        resize: how other shapes become squares, "squash" or "crop".

    Returns:
        float32 `[num_past, H, W, C]` in [0, 1].

    Raises:
        InputError: the source cannot be read, or has too few frames.
    """
    last = first_frame + num_past
    try:
        if pathlib.Path(source).is_dir():
            paths = pictures(pathlib.Path(source))
            count = len(paths)
            frames = [
                read_image(path, image_size, num_channels, resize)
                for path in paths[first_frame:last]
            ]
        else:
            frames = read_video(
                source, image_size, num_channels, resize=resize, frame_rate=frame_rate
            )
            count = len(frames)
            frames = frames[first_frame:last]
    except BadFile as error:
        raise InputError(f"{error}.") from error
    if len(frames) < num_past:
        raise InputError(
            f"{source} has {count} frames; expected at least {last}, {num_past} from "
            f"frame {first_frame} on: that is what the model looks at."
        )
    return np.asarray(frames, np.float32) / 255
