"""Video files of any format that FFmpeg knows, decoded to frames by PyAV."""

import os

import numpy as np

from keras_drnet.data.clips import BadFile
from keras_drnet.data.display import pixel_aspect, shown_frame
from keras_drnet.data.images import fit_image
from keras_drnet.errors import import_extra

# Muxers may count a few frames that no player shows; if a larger fraction is missing,
# the file was cut off.
MAX_MISSING = 0.02
# A gap between two frames that is longer than both means that time stamps are damaged;
# in formats of recordings that may be joined, that another recording begins.
MAX_GAP_SECONDS = 10.0
MAX_GAP_FRAMES = 10
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
        uint8 `[T, image_size, image_size, num_channels]`, T at least 2, as `display`
        says that they are shown.

    Raises:
        BadFile: not a video, cut short, damaged, or a single frame.
        InputError: PyAV is not installed.
    """
    av = import_extra("av")
    name = name or file
    if isinstance(file, str | os.PathLike):  # FFmpeg takes `12:30.mp4` for a protocol.
        file = os.path.abspath(file)
    frames = []
    counter = _Counter()
    try:
        # Metadata need not be UTF-8.
        with av.open(file, metadata_errors="replace") as container:
            stream = _main_stream(container, av.stream.Disposition.attached_pic)
            if stream is None:
                raise BadFile(name, "it has no video stream")
            shown = counter.decode(container, stream)
            if frame_rate:
                joins = av.format.Flags.ts_discont.value
                may_be_joined = bool(container.format.flags & joins)
                step = 1 / float(stream.guessed_rate or frame_rate)
                shown = _sample(_timed(shown, step, may_be_joined, name), frame_rate)
            for frame in shown:
                pixels, is_swapped = shown_frame(frame)
                aspect = pixel_aspect(stream) ** (-1 if is_swapped else 1)
                frames.append(
                    fit_image(pixels, image_size, num_channels, resize, aspect)
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
        if frame_rate:
            count += f" at {frame_rate} frames a second ({counter.num_frames} stored)"
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


def _main_stream(container, cover):
    """Return the video stream that FFmpeg plays, `None` if there is only a cover."""
    best = container.streams.best("video")
    others = [s for s in container.streams.video if not s.disposition & cover]
    return best if best in others else next(iter(others), None)


def _timed(frames, step, may_be_joined, name):
    """Yield frames with their times, seconds from 0 on, none before the last.

    Where recordings were joined the clock of the second goes on from the first.

    Args:
        frames: decoded frames.
        step: usual seconds from a frame to the next.
        may_be_joined: whether a long gap, too, means that recordings were joined.
        name: name of the file, for errors.
    """
    limit = max(MAX_GAP_SECONDS, MAX_GAP_FRAMES * step)
    start, last = None, 0.0
    for number, frame in enumerate(frames):
        # Raw streams have no time stamps.
        stamp = number * step if frame.time is None else frame.time
        if start is None:
            start = stamp
        gap = stamp - start - last
        if gap < -step or (gap > limit and may_be_joined):
            start, gap = stamp - last - step, step
        if gap > limit:
            raise BadFile(
                name,
                f"no frame follows for {gap:.0f} seconds after second {last:.1f}; at "
                f"most {limit:.0f} are allowed. Its time stamps are damaged, or it has "
                "to be cut there",
            )
        last += max(gap, 0.0)
        yield last, frame


def _sample(timed_frames, frame_rate):
    """Yield the frame that is shown at each tick of a clock."""
    shown, last, tick = None, 0.0, 0
    for seconds, frame in timed_frames:
        while tick / frame_rate < seconds - EPSILON_SECONDS:
            yield shown
            tick += 1
        shown, last = frame, seconds
    if shown is not None and tick / frame_rate <= last + EPSILON_SECONDS:
        yield shown
