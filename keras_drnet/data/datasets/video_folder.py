"""Your own videos: a folder of video files, or of folders of images.

    walk.mp4  cats/one.avi                  video files, in subfolders of any depth
    dogs/run/1.png ... dogs/run/10.png      a folder of images is a video; its frames
                                            are sorted by name, frame 2 before frame 10

Subfolders become the label `group`. If the folder has subfolders `train` and `test`,
they are the splits; otherwise `clips.split_names` splits by the files' names.
"""

import functools
import os
import pathlib
import re

import numpy as np

from keras_drnet.data.clips import BadFile, Clip, ClipReader, check_split, split_names
from keras_drnet.data.images import read_image
from keras_drnet.data.video import read_video
from keras_drnet.errors import InputError

VIDEO_SUFFIXES = frozenset(
    [".3gp", ".avi", ".flv", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"]
    + [".ogv", ".ts", ".webm", ".wmv"]
)
IMAGE_SUFFIXES = frozenset([".bmp", ".jpeg", ".jpg", ".png", ".webp"])
# Longer videos are cut into several clips, so that reading one window stays cheap.
MAX_CLIP_FRAMES = 256


class VideoFolder(ClipReader):
    """Reader of a folder of videos. An item is a video file or a folder of images.

    `data_dir` of the configuration is the folder, `frame_rate` the rate at which
    video files are sampled; folders of images are taken as they are.
    """

    def items(self, split):
        """Return the videos of a split.

        Raises:
            InputError: the split is unknown, or there is no such folder or no video
                in it.
        """
        check_split(split)
        items = sorted(self._videos)
        tops = [item.split("/")[0] for item in items]
        if {*tops} >= {"train", "test"}:
            return [i for i, top in zip(items, tops, strict=True) if top == split]
        return split_names(items, split, self.config.test_fraction)

    def read(self, item):
        """Decode a video; a long one becomes several clips of the same length.

        Raises:
            BadFile: it is damaged or has fewer than two frames.
        """
        if self._videos.get(item):
            raise BadFile(item, self._videos[item])
        config = self.config
        size = config.image_size, config.num_channels
        path = pathlib.Path(config.data_dir, item)
        if path.is_dir():
            frames = [read_image(p, *size, config.resize) for p in list_images(path)]
            if len(frames) < 2:
                raise BadFile(item, "it has one image; expected at least two")
            frames = np.stack(frames)
        else:
            frames = read_video(
                str(path),
                *size,
                resize=config.resize,
                frame_rate=config.frame_rate,
                name=item,
            )
        labels = {"group": pathlib.PurePosixPath(item).parent.as_posix()}
        num_clips = -(-len(frames) // MAX_CLIP_FRAMES)
        return [
            Clip(f"{item}/{number}", part, labels)
            for number, part in enumerate(np.array_split(frames, num_clips), 1)
        ]

    @functools.cached_property
    def _videos(self):
        return _find_videos(self.config.data_dir)


def list_images(folder):
    """Return the paths of a folder's images, frame 2 before frame 10."""
    paths = [p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES]
    return sorted(paths, key=_natural_order)


def _find_videos(data_dir):
    """Return a dict, item to why it cannot be read; "" = it can."""
    root = pathlib.Path(data_dir)
    if not data_dir or not root.is_dir():
        raise InputError(
            f"video_folder needs data_dir, a folder of videos; got {data_dir!r}."
        )
    videos = {}

    def add_unreadable(error):
        item = pathlib.Path(error.filename).relative_to(root).as_posix()
        videos[item] = f"the folder cannot be listed ({error.strerror})"

    for folder, _, names in os.walk(root, onerror=add_unreadable):
        below = pathlib.Path(folder).relative_to(root)
        suffixes = {name: pathlib.Path(name).suffix.lower() for name in names}
        for name, suffix in suffixes.items():
            if suffix in VIDEO_SUFFIXES and not name.startswith("."):
                videos[(below / name).as_posix()] = ""
        if below.parts and IMAGE_SUFFIXES & set(suffixes.values()):
            videos[below.as_posix()] = ""
    if not videos:
        raise InputError(
            f"{root} holds no video; expected files with one of the suffixes "
            f"{', '.join(sorted(VIDEO_SUFFIXES))}, or folders of images."
        )
    return videos


def _natural_order(path):
    """Return a sort key by which frame 2 comes before frame 10."""
    parts = re.split(r"(\d+)", path.name)
    return [int(part) if part.isdecimal() else part for part in parts]
