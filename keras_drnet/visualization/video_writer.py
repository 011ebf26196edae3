"""GIF and MP4 files, written image by image."""

import contextlib
import pathlib

import numpy as np

from keras_drnet.checks.numbers import check_count
from keras_drnet.errors import InputError, choose, import_extra
from keras_drnet.storage.files import atomic_write

# Maps the suffix of a video to its encoder. FFmpeg's libraries run in this process: one
# that talks to a server over gRPC must not fork.
ENCODERS = {
    ".gif": {"codec_name": "gif", "pix_fmt": "pal8"},
    ".mp4": {"codec_name": "libx264", "pix_fmt": "yuv420p", "options": {"crf": "25"}},
}


@contextlib.contextmanager
def video_writer(path, *, frame_rate):
    """Open a GIF or MP4 file to which images are appended, in constant memory.

    The file appears once it is complete; what was there before stays until then.

    Args:
        path: file to write, ending in `.gif` or `.mp4`.
        frame_rate: frames per second.

    Yields:
        A function that appends a uint8 image `[H, W, 3]` with even sides.

    Raises:
        InputError: the suffix is another, no image was appended, one is of another
            shape or type, the file cannot be written, or PyAV is not installed.
    """
    av = import_extra("av")
    check_count(frame_rate, "frame_rate")
    path = pathlib.Path(path)
    settings = choose(ENCODERS, path.suffix, f"kind of video ({path.name})")
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        atomic_write(path) as unfinished,
        open(unfinished, "wb") as file,
        av.open(file, "w", format=path.suffix[1:]) as container,
    ):
        stream = container.add_stream(rate=frame_rate, **settings)
        convert, num_frames = None, 0

        def append(image):
            nonlocal convert, num_frames
            _check_image(image, (stream.height, stream.width) if num_frames else None)
            frame = av.VideoFrame.from_ndarray(image)
            frame.pts, frame.time_base = num_frames, 1 / stream.codec_context.framerate
            if convert is None:
                stream.width, stream.height = frame.width, frame.height
                convert = _palette(av, frame) if stream.pix_fmt == "pal8" else _same
            container.mux(stream.encode(convert(frame)))
            num_frames += 1

        yield append
        if not num_frames:
            raise InputError(f"{path} would be empty; append at least one image.")
        container.mux(stream.encode())  # What the encoder still holds.


def _check_image(image, sides):
    """Raise `InputError` if an image is none, or not of the size of the ones before."""
    shape = image.shape
    if (
        image.dtype != np.uint8
        or (len(shape), *shape[2:]) != (3, 3)
        or any(side % 2 for side in shape[:2])
        or sides not in (None, shape[:2])
    ):
        wanted = "even sides" if sides is None else f"sides {sides}, as the ones before"
        raise InputError(
            f"An image is {image.dtype} of shape {shape}; expected uint8 "
            f"[H, W, 3] with {wanted}."
        )


def _same(frame):
    return frame


def _palette(av, first):
    """Return a function that gives each frame of an RGB video a palette of its own.

    Without dithering, so that enlarged pixels stay uniform.
    """
    graph = av.filter.Graph()
    source, split = (
        graph.add_buffer(
            width=first.width,
            height=first.height,
            format=first.format,
            time_base=first.time_base,
        ),
        graph.add("split"),
    )
    palette = graph.add("palettegen", "stats_mode=single")
    paint = graph.add("paletteuse", "new=1:dither=none")
    source.link_to(split)
    split.link_to(paint, 0, 0)
    split.link_to(palette, 1, 0)
    palette.link_to(paint, 0, 1)
    paint.link_to(graph.add("buffersink"))
    graph.configure()

    def convert(frame):
        graph.push(frame)
        return graph.pull()

    return convert


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
