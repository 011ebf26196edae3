"""Small real video files for tests."""

import av
import numpy as np

CODECS = {
    ".avi": "mpeg4",
    ".mp4": "mpeg4",
    ".mov": "mpeg4",
    ".webm": "libvpx",
    ".gif": "gif",
}


def walker(num_frames, seed=0, height=120, width=160):
    """Draws a bright block that walks over a dark ground, uint8 `[T, H, W, 3]`."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(20, 60, size=3)
    color = rng.integers(160, 250, size=3)
    frames = np.empty((num_frames, height, width, 3), np.uint8)
    frames[:] = ground
    speed = rng.uniform(2, 4)
    for t, frame in enumerate(frames):
        left = int(t * speed) % (width - 20)
        frame[height // 3 : height - 10, left : left + 20] = color
    return frames


def write_video(path, frames, *, rate=25, ticks=None):
    """Encodes frames to a file of the kind that its suffix names.

    Args:
        path: file to write.
        frames: uint8 `[T, H, W, 3]`.
        rate: frames a second.
        ticks: time of each frame in 1 / rate seconds, for a variable rate; default:
            0, 1, 2, ...
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix], rate=rate)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "rgb8" if path.suffix == ".gif" else "yuv420p"
        if path.suffix != ".gif":
            stream.bit_rate = 4_000_000
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")
            frame.pts = number if ticks is None else ticks[number]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
