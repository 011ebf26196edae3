"""Observed frames to predict from, read from a video or a folder of images."""

import pathlib

import numpy as np

from keras_drnet.data.clips import BadFile
from keras_drnet.data.datasets.video_folder import list_images
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
    """Read the observed frames.

    Args:
        source: a video, or a folder of images: 1, 2, ... 10.
        num_past: frames to read.
        image_size: side of a frame in pixels.
        num_channels: 1 or 3.
        frame_rate: frames per second at which a video is sampled.
        first_frame: number of the first frame to read, from 0.
        resize: see `images.fit_image`.

    Returns:
        float32 `[num_past, H, W, C]` in [0, 1].

    Raises:
        InputError: the source cannot be read, or has too few frames.
    """
    last = first_frame + num_past
    try:
        if pathlib.Path(source).is_dir():
            paths = list_images(pathlib.Path(source))
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
            f"{source} has {count} frames; expected at least {last}, because the model "
            f"observes {num_past} from frame {first_frame} on."
        )
    return np.asarray(frames, np.float32) / 255
