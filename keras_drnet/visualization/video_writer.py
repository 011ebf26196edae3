"""GIF and MP4 files, written picture by picture."""

import contextlib
import pathlib

import av
import imageio_ffmpeg
import numpy as np

from keras_drnet.errors import InputError, choose

# Suffix of a video to the settings of ffmpeg, which takes frames as they come: no
# length of video fills the memory. Every GIF frame has a palette of its own,
# and enlarged pixels stay what they are: no dithering.
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
        ],
    },
    ".mp4": {"codec": "libx264", "macro_block_size": 2},
}


@contextlib.contextmanager
def video_writer(path, *, frame_rate):
    """Open a GIF or MP4 file for pictures that are appended one by one.

    Args:
        path: file to write, ending in `.gif` or `.mp4`.
        frame_rate: frames a second.

    Yields:
        A function that appends a uint8 picture `[H, W, 3]` of even sides.

    Raises:
        InputError: another suffix, or the file cannot be written.
    """
    path = pathlib.Path(path)
    settings = choose(ENCODERS, path.suffix, f"kind of video ({path.name})")
    path.parent.mkdir(parents=True, exist_ok=True)
    encoder, num_frames = None, 0

    def append(picture):
        nonlocal encoder, num_frames
        if encoder is None:
            height, width, _ = picture.shape
            # Of a picture with few colors its palette filter warns frame by frame.
            encoder = imageio_ffmpeg.write_frames(
                str(path),
                (width, height),
                fps=frame_rate,
                ffmpeg_log_level="error",
                **settings,
            )
            encoder.send(None)
        try:
            encoder.send(np.ascontiguousarray(picture))
        except OSError as error:  # FFmpeg has ended; its command is no help.
            raise _unwritten(path) from error
        num_frames += 1

    try:
        yield append
    finally:
        if encoder is not None:
            encoder.close()
    # The encoder does not tell whether FFmpeg could write to the end.
    if num_frames and _count_frames(path) != num_frames:
        raise _unwritten(path)


def _unwritten(path):
    return InputError(
        f"{path} cannot be written whole; is the disk full, or {path.name} a folder?"
    )


def _count_frames(path):
    if not path.is_file():
        return 0
    try:
        with av.open(str(path)) as container:
            return sum(packet.size > 0 for packet in container.demux(video=0))
    except av.FFmpegError:
        return 0


@contextlib.contextmanager
def video_writers(paths, *, frame_rate):
    """Open several files for the same pictures; see `video_writer`."""
    with contextlib.ExitStack() as stack:
        writers = [
            stack.enter_context(video_writer(path, frame_rate=frame_rate))
            for path in paths
        ]

        def append(picture):
            for write in writers:
                write(picture)

        yield append
