"""Pictures of frames: arrays in, pictures out."""

import contextlib
import pathlib

import av
import imageio.v2 as imageio
import imageio_ffmpeg
import numpy as np

from keras_drnet.errors import InputError, choose

GREEN = (0, 200, 0)  # Border of observed frames.
RED = (220, 0, 0)  # Border of generated frames.
GREY = (128, 128, 128)  # Border of frames that are neither.
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


def frame_grid(rows, *, colors=None, scale=1, border=1):
    """Lays frames out in rows.

    Args:
        rows: list of rows, each `[N, H, W, C]` in [0, 1], C 1 or 3. Rows may differ
            in N; short ones are filled up with white.
        colors: for each row a border colour, or a list of one a frame; `None` is
            grey.
        scale: whole factor by which frames are enlarged.
        border: width of the border, pixels of the picture.

    Returns:
        A uint8 picture `[H', W', 3]`.
    """
    colors = colors or [GREY] * len(rows)
    pictures = [
        _row(np.asarray(frames), color, scale, border)
        for frames, color in zip(rows, colors, strict=True)
    ]
    width = max(picture.shape[1] for picture in pictures)
    return np.concatenate(
        [
            np.pad(
                picture,
                ((0, 0), (0, width - picture.shape[1]), (0, 0)),
                constant_values=255,
            )
            for picture in pictures
        ]
    )


def write_png(path, picture):
    """Writes a uint8 picture `[H, W, 3]`."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    imageio.imwrite(path, picture)


@contextlib.contextmanager
def video_writer(path, *, frame_rate):
    """Opens a GIF or MP4 file for pictures that are appended one by one.

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
            # Of a picture with few colours its palette filter warns frame by frame.
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
    """Opens several files for the same pictures; see `video_writer`."""
    with contextlib.ExitStack() as stack:
        writers = [
            stack.enter_context(video_writer(path, frame_rate=frame_rate))
            for path in paths
        ]

        def append(picture):
            for write in writers:
                write(picture)

        yield append


def _row(frames, color, scale, border):
    if np.ndim(color) == 1:
        color = [color] * len(frames)
    return np.concatenate(
        [
            _bordered(frame, one, scale, border)
            for frame, one in zip(frames, color, strict=True)
        ],
        axis=1,
    )


def _bordered(frame, color, scale, border):
    pixels = np.round(np.clip(frame, 0.0, 1.0) * 255).astype(np.uint8)
    if pixels.shape[-1] == 1:
        pixels = np.repeat(pixels, 3, axis=-1)
    pixels = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    height, width, _ = pixels.shape
    picture = np.empty((height + 2 * border, width + 2 * border, 3), np.uint8)
    picture[:] = color
    picture[border : border + height, border : border + width] = pixels
    return picture
