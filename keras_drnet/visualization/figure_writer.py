"""Files of a figure: an image, and videos of what moves."""

import pathlib

from keras_drnet.visualization.frame_grid import frame_grid, write_png
from keras_drnet.visualization.video_writer import ENCODERS, video_writers

BORDER = 2  # Width of the frames' borders, pixels.


class FigureWriter:
    """Writes figures as `<name>.png`, `<name>.gif` and `<name>.mp4` into a folder.

    Attributes:
        scale: integer factor by which frames are enlarged.
    """

    def __init__(self, folder, *, frame_rate, scale=1):
        """Hold where and how to write.

        Args:
            folder: folder of the files.
            frame_rate: frames per second of videos.
            scale: integer factor by which frames are enlarged.
        """
        self.scale = scale
        self._folder = pathlib.Path(folder)
        self._frame_rate = frame_rate

    def grid(self, rows, colors):
        """Return frames in rows, enlarged; see `frame_grid`."""
        return frame_grid(rows, colors=colors, scale=self.scale, border=BORDER)

    def write_image(self, name, image):
        """Write a uint8 image `[H, W, 3]` and return its path."""
        path = self._folder / f"{name}.png"
        write_png(path, image)
        return path

    def write_videos(self, name, images):
        """Write an iterable of images in every video format and return the paths."""
        paths = [self._folder / f"{name}{suffix}" for suffix in ENCODERS]
        with video_writers(paths, frame_rate=self._frame_rate) as append:
            for image in images:
                append(image)
        return paths
