"""Video files of any format that FFmpeg knows, decoded to frames by PyAV."""

import numpy as np

from keras_drnet.data.clips import BadFile
from keras_drnet.data.images import fit_image
from keras_drnet.errors import import_extra

# Muxers may count a few frames that no player shows; if a larger fraction is missing,
# the file was cut off.
MAX_MISSING = 0.02
# A longer gap between two frames means that time stamps are damaged.
MAX_GAP_SECONDS = 10.0
EPSILON_SECONDS = 1e-4


def read_video(
    file, image_size, num_channels, *, resize="squash", frame_rate=0, name=""
):
    """Decode a video.

    Args:
        file: path, or a binary file object.
        image_size: side of the frames, pixels.
        num_channels: 1 or 3.
        resize: see `images.fit_image`.
        frame_rate: frames per second to sample, at even times even if the file's rate
            varies; 0 = every stored frame once.
        name: name of the file in errors; default: `file`.

    Returns:
        uint8 `[T, image_size, image_size, num_channels]`, T at least 2, rotated as the
        file's metadata specify.

    Raises:
        BadFile: not a video, cut short, damaged, or a single frame.
        InputError: PyAV is not installed.
    """
    av = import_extra("av")
    name = name or file
    frames = []
    counter = _Counter()
    try:
        # Metadata need not be UTF-8.
        with av.open(file, metadata_errors="replace") as container:
            if not container.streams.video:
                raise BadFile(name, "it has no video stream")
            stream = container.streams.video[0]
            shown = counter.decode(container, stream)
            if frame_rate:
                shown = _sample(shown, stream, frame_rate, name)
            for frame in shown:
                frames.append(
                    fit_image(_upright(frame), image_size, num_channels, resize)
                )
            num_promised = stream.frames - counter.num_hidden
    except av.FFmpegError as error:
        raise BadFile(name, f"not a readable video ({error.strerror})") from error
    if num_promised - counter.num_frames > 2 + MAX_MISSING * num_promised:
        raise BadFile(
            name,
            f"cut short: its header promises {num_promised} frames, but "
            f"{counter.num_frames} could be decoded",
        )
    if len(frames) < 2:
        count = "one frame" if frames else "no frame"
        raise BadFile(name, f"it has {count}; expected at least two")
    return np.stack(frames)


class _Counter:
    """Counter of frames: those decoded, and those that an edit list hides."""

    num_frames = num_hidden = 0

    def decode(self, container, stream):
        for packet in container.demux(stream):
            self.num_hidden += packet.is_discard
            for frame in packet.decode():
                self.num_frames += 1
                yield frame


def _sample(frames, stream, frame_rate, name):
    """Yield the frame that is shown at each tick of a clock."""
    shown, first, last, tick = None, 0.0, 0.0, 0
    for number, frame in enumerate(frames):
        seconds = frame.time
        if seconds is None:  # Raw streams have no time stamps.
            seconds = number / float(stream.average_rate or frame_rate)
        if shown is None:
            first = last = seconds
        if seconds - last > MAX_GAP_SECONDS:
            raise BadFile(
                name,
                f"no frame follows for {seconds - last:.0f} seconds after second "
                f"{last - first:.1f}; its time stamps are damaged",
            )
        while first + tick / frame_rate < seconds - EPSILON_SECONDS:
            yield shown
            tick += 1
        shown, last = frame, seconds
    if shown is not None and first + tick / frame_rate <= last + EPSILON_SECONDS:
        yield shown


def _upright(frame):
    """Return a frame rotated as its metadata specify, uint8 `[H, W, 3]`."""
    pixels = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90))
