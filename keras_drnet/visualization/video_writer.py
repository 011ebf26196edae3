"""GIF and MP4 files, written image by image."""

import contextlib
import os
import pathlib

import numpy as np

from keras_drnet.errors import InputError, choose, import_extra
from keras_drnet.storage.files import atomic_write

# Maps the suffix of a video to settings of ffmpeg, which encodes frame by frame, in
# constant memory. Every GIF frame has a palette of its own, without dithering, so
# that enlarged pixels stay uniform.
ENCODERS = {
    ".gif": {
        "codec": "gif",
        "quality": None,
        "pix_fmt_out": "pal8",
        "macro_block_size": 2,
        "output_params": [
            "-filter_complex",
            "split[a][b];[a]palettegen=stats_mode=single[p];"
            "[b][p]paletteuse=new=1:dither=none",
            *("-f", "gif"),
        ],
    },
    ".mp4": {
        "codec": "libx264",
        "macro_block_size": 2,
        "output_params": ["-f", "mp4"],
    },
}


@contextlib.contextmanager
def video_writer(path, *, frame_rate):
    """Open a GIF or MP4 file to which images are appended.

    The file appears once it is complete; what was there before stays until then.

    Args:
        path: file to write, ending in `.gif` or `.mp4`.
        frame_rate: frames per second.

    Yields:
        A function that appends a uint8 image `[H, W, 3]` with even sides.

    Raises:
        InputError: the suffix is another, the file cannot be written, or imageio-ffmpeg
            or PyAV is not installed.
    """
    ffmpeg, av = import_extra("imageio_ffmpeg"), import_extra("av")
    path = pathlib.Path(path)
    settings = choose(ENCODERS, path.suffix, f"kind of video ({path.name})")
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as unfinished:
        # FFmpeg takes a relative path with a colon for a protocol.
        file = os.path.abspath(unfinished)
        encoder, num_frames = None, 0

        def append(image):
            nonlocal encoder, num_frames
            if encoder is None:
                height, width, _ = image.shape
                # Its palette filter warns of every frame that has few colors.
                encoder = ffmpeg.write_frames(
                    file,
                    (width, height),
                    fps=frame_rate,
                    ffmpeg_log_level="error",
                    **settings,
                )
                encoder.send(None)
            try:
                encoder.send(np.ascontiguousarray(image))
            except OSError as error:  # FFmpeg has exited; it shows its command only.
                raise _incomplete(path) from error
            num_frames += 1

        try:
            yield append
        finally:
            if encoder is not None:
                encoder.close()
        # The encoder does not report whether FFmpeg wrote all frames.
        if not num_frames or _count_frames(av, file) != num_frames:
            raise _incomplete(path)


def _incomplete(path):
    return InputError(f"{path} cannot be written completely; is the disk full?")


def _count_frames(av, file):
    if not os.path.isfile(file):
        return 0
    try:
        with av.open(file) as container:
            return sum(packet.size > 0 for packet in container.demux(video=0))
    except av.FFmpegError:
        return 0


@contextlib.contextmanager
def video_writers(paths, *, frame_rate):
    """Open several files to which the same images are appended; see `video_writer`."""
    with contextlib.ExitStack() as stack:
        writers = [
            stack.enter_context(video_writer(path, frame_rate=frame_rate))
            for path in paths
        ]

        def append(image):
            for write in writers:
                write(image)

        yield append
