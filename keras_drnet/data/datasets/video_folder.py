"""Your own videos: a folder of video files, or of folders of images.

    walk.mp4  cats/one.avi                  video files, in subfolders of any depth
    dogs/run/1.png ... dogs/run/10.png      a folder of images is a video; its frames
                                            are sorted by name, frame 2 before frame 10

Subfolders become the label `group`. If the folder has subfolders for training and for
testing (`SPLIT_FOLDERS`), they are the splits, and there may be nothing else; otherwise
`clips.split_names` splits by the files' names.
"""

import functools
import pathlib
import re

import numpy as np

from keras_drnet.data.clips import BadFile, Clip, ClipReader, check_split, split_names
from keras_drnet.data.images import read_image
from keras_drnet.data.listing import list_files
from keras_drnet.data.video import read_video
from keras_drnet.errors import InputError

VIDEO_SUFFIXES = frozenset(
    [".3g2", ".3gp", ".asf", ".avi", ".dv", ".f4v", ".flv", ".gif", ".m2ts", ".m2v"]
    + [".m4v", ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4", ".mpe", ".mpeg", ".mpg"]
    + [".mts", ".mxf", ".nut", ".ogg", ".ogv", ".ts", ".vob", ".webm", ".wmv", ".y4m"]
)
IMAGE_SUFFIXES = frozenset(
    [".avif", ".bmp", ".dib", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm"]
    + [".pcx", ".pgm", ".png", ".pnm", ".ppm", ".tga", ".tif", ".tiff", ".webp"]
)
# Maps the names of folders, in small letters, to splits. What is kept for validation is
# not trained on.
SPLIT_FOLDERS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "test",
    "valid": "test",
    "validation": "test",
}
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
        splits = [SPLIT_FOLDERS.get(item.split("/")[0].lower()) for item in items]
        if not {*splits} >= {"train", "test"}:
            return split_names(items, split, self.config.test_fraction)
        others = [i for i, own in zip(items, splits, strict=True) if own is None]
        if others:
            raise InputError(
                f"{self.config.data_dir} has folders for training and testing, and "
                f"{len(others)} videos beside them ({others[0]}, ...). Move them into "
                f"one of {', '.join(SPLIT_FOLDERS)}."
            )
        return [i for i, own in zip(items, splits, strict=True) if own == split]

    @property
    def passed_over(self):
        """Files that are no part of a video, to the reasons."""
        return self._found[1]

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

    @property
    def _videos(self):
        return self._found[0]

    @functools.cached_property
    def _found(self):
        return _find_videos(self.config.data_dir)


def list_images(folder):
    """Return the paths of a folder's images, frame 2 before frame 10."""
    files = list_files(folder).files.items()
    paths = [path for name, path in files if "/" not in name and is_image(path)]
    return sorted(paths, key=_natural_order)


def is_image(path):
    """Return whether a path has the suffix of an image."""
    return pathlib.PurePath(path).suffix.lower() in IMAGE_SUFFIXES


def _find_videos(data_dir):
    """Return the videos of a folder, and what is passed over in it.

    Returns:
        Two dicts: items to why they cannot be read, "" = they can; and files that are
        part of no video to the reasons.
    """
    root = pathlib.Path(data_dir)
    if not data_dir or not root.is_dir():
        raise InputError(
            f"video_folder needs data_dir, a folder of videos; got {data_dir!r}."
        )
    listing = list_files(root)
    videos, passed_over = dict(listing.unreadable), dict(listing.passed_over)
    for name, path in listing.files.items():
        folder = pathlib.PurePosixPath(name).parent.as_posix()
        if path.suffix.lower() in VIDEO_SUFFIXES:
            videos[name] = ""
        elif not is_image(path):
            passed_over[name] = "its suffix is of no video or image"
        elif folder == ".":
            passed_over[name] = "images in no folder of their own"
        else:
            videos.setdefault(folder, "")
    if not videos:
        reasons = "".join(f" {n}: {why}." for n, why in list(passed_over.items())[:3])
        raise InputError(
            f"{root} holds no video; expected files with one of the suffixes "
            f"{', '.join(sorted(VIDEO_SUFFIXES))}, or folders of images "
            f"({', '.join(sorted(IMAGE_SUFFIXES))}).{reasons}"
        )
    return videos, passed_over


def _natural_order(path):
    """Return a sort key by which frame 2 comes before frame 10."""
    parts = re.split(r"(\d+)", path.name)
    return [int(part) if part.isdecimal() else part for part in parts]
