"""Your own videos: a folder of video files, or of folders of frames.

Every file with a video's suffix is read, and every folder that holds pictures is a
video whose frames they are, in the order of their names with numbers in their
natural order. Sub-folders become the label `group`. If the folder has sub-folders
`train` and `test`, they are the splits; otherwise `clips.split_names` decides by the
files' names.
"""

import os
import pathlib
import re

import numpy as np

from keras_drnet.data.clips import BadFile, Clip, check_split, split_names
from keras_drnet.data.images import read_image
from keras_drnet.data.video import read_video
from keras_drnet.errors import InputError

VIDEO_SUFFIXES = frozenset(
    [".3gp", ".avi", ".flv", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"]
    + [".ogv", ".ts", ".webm", ".wmv"]
)
PICTURE_SUFFIXES = frozenset([".bmp", ".jpeg", ".jpg", ".png", ".webp"])
# A long video becomes several clips, so that reading one window stays cheap.
MAX_CLIP_FRAMES = 256


class VideoFolder:
    """Reads a folder of videos. An item is a video file or a folder of frames."""

    def __init__(self, config):
        """List the files.

        Args:
            config: a `DataConfig`: `data_dir`, and `frame_rate`, at which videos are
                sampled; folders of frames are taken as they are.

        Raises:
            InputError: there is no such folder, or no video in it.
        """
        self._config = config
        self._root = pathlib.Path(config.data_dir)
        if not config.data_dir or not self._root.is_dir():
            raise InputError(
                "video_folder needs data_dir, a folder of videos; got "
                f"{config.data_dir!r}."
            )
        self._unreadable = {}
        self._items = sorted(self._list())
        if not self._items:
            raise InputError(
                f"{self._root} holds no video; expected files with one of the suffixes "
                f"{', '.join(sorted(VIDEO_SUFFIXES))}, or folders of pictures."
            )

    def items(self, split):
        """Return the videos of a split."""
        check_split(split)
        tops = [item.split("/")[0] for item in self._items]
        if {*tops} >= {"train", "test"}:
            return [i for i, top in zip(self._items, tops, strict=True) if top == split]
        return split_names(self._items, split, self._config.test_fraction)

    def read(self, item):
        """Decode a video; a long one becomes several clips of the same length.

        Raises:
            BadFile: it is damaged or has fewer than two frames.
        """
        if item in self._unreadable:
            raise BadFile(item, self._unreadable[item])
        config = self._config
        size = config.image_size, config.num_channels
        path = self._root / item
        if path.is_dir():
            frames = [read_image(p, *size, config.resize) for p in pictures(path)]
            if len(frames) < 2:
                raise BadFile(item, "it has one picture; expected at least two")
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

    def _list(self):
        for folder, _, names in os.walk(self._root, onerror=self._note_unreadable):
            below = pathlib.Path(folder).relative_to(self._root)
            suffixes = {name: pathlib.Path(name).suffix.lower() for name in names}
            for name, suffix in suffixes.items():
                if suffix in VIDEO_SUFFIXES and not name.startswith("."):
                    yield (below / name).as_posix()
            if below.parts and PICTURE_SUFFIXES & set(suffixes.values()):
                yield below.as_posix()
        yield from self._unreadable

    def _note_unreadable(self, error):
        item = pathlib.Path(error.filename).relative_to(self._root).as_posix()
        self._unreadable[item] = f"the folder cannot be listed ({error.strerror})"


def pictures(folder):
    """Return the paths of a folder's pictures, frame 2 before frame 10."""
    paths = [p for p in folder.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES]
    return sorted(paths, key=_natural_order)


def _natural_order(path):
    """Return a sorting key by which frame 2 comes before frame 10."""
    parts = re.split(r"(\d+)", path.name)
    return [int(part) if part.isdecimal() else part for part in parts]
