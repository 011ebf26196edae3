"""Predicts how a video continues, on a device.

    python -m export.on_device --model=drnet.tflite --video=walk.avi --output=out.gif

Bad input ends the program with one sentence and exit code 2.
"""

import argparse
import contextlib
import itertools
import os
import pathlib
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn

from ..signatures import Signatures
from .predictor import Frames, VideoPredictor
from .runtimes import RUNTIMES, DeviceError
from .trial import try_model

OUTPUT_SUFFIXES = (".gif", ".mp4", ".png")
STRIP_COLUMNS = 20  # Frames in a row of a PNG.
EXIT_BAD_INPUT = 2


def entry_point() -> int | None:
    """Run the program; return its exit code, `None` if all went well."""
    # TensorFlow's notices would hide our messages.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        _main(make_parser().parse_args())
        return None
    except DeviceError as error:
        message = str(error)
    except OSError as error:
        message = f"{error.filename or 'A file'}: {error.strerror or error}."
    except ImportError as error:
        message = (
            f"A package that reads or writes files is missing ({error}): pip install "
            "-r requirements.txt. The class VideoPredictor needs only NumPy and a "
            "runtime."
        )
    print(f"Error: {message}", file=sys.stderr)
    return EXIT_BAD_INPUT


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise DeviceError(f"{message}; see --help.")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the flags."""
    parser = _Parser(
        prog=None if sys.argv[0].startswith("drnet") else "python -m export.on_device",
        description="Predicts how a video continues.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--model", type=_path, required=True, help=".tflite file of a bundle.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--video", type=_path, help="Video, sampled at the model's frame rate."
    )
    source.add_argument("--frames", type=_path, help="Folder of images: 1, 2, ... 10.")
    add("--first_frame", type=_from(0), default=0, help="Number of frames to skip.")
    add("--num_future", type=_from(1), default=50, help="Frames to predict.")
    add("--output", type=_path, required=True, help="A .gif, .mp4 or .png.")
    add("--scale", type=_from(1), default=2, help="Enlargement of frames.")
    add("--num_threads", type=_from(1), default=1, help="Threads of the runtime.")
    add(
        "--trusted",
        action="store_true",
        help="Load the model at once, without a first run in a process of its own.",
    )
    add("--runtime", choices=RUNTIMES, help="Default: the first that is installed.")
    return parser


def _path(text: str) -> pathlib.Path:
    """Parse a path; the shell leaves a ~ after = alone."""
    return pathlib.Path(text).expanduser()


def _from(minimum: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `minimum` on."""

    def whole_number(text: str) -> int:
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(
                f"expected a whole number from {minimum}, not {text!r}"
            )
        return int(text)

    return whole_number


def _main(arguments: argparse.Namespace) -> None:
    suffix = arguments.output.suffix
    if suffix not in OUTPUT_SUFFIXES:
        raise DeviceError(
            f"Unknown kind of output {suffix!r}; expected one of {OUTPUT_SUFFIXES}."
        )
    if not arguments.trusted:
        try_model(arguments.model, arguments.runtime)
    predictor = VideoPredictor(
        arguments.model, arguments.num_threads, arguments.runtime
    )
    past = _read_past(arguments, predictor.signatures)
    predictor.prime(past)
    seconds: list[float] = []

    def future() -> Iterator[Frames]:
        for _ in range(arguments.num_future):
            start = time.perf_counter()
            frame = predictor.step()
            seconds.append(time.perf_counter() - start)
            yield frame

    _write(arguments, past, future(), predictor.signatures.frame_rate)
    print(
        f"{len(seconds)} frames with {predictor.runtime}, "
        f"{statistics.median(seconds) * 1000:.2f} ms a frame (median), "
        f"{len(seconds) / sum(seconds):.0f} frames a second\n{arguments.output}"
    )


def _read_past(arguments: argparse.Namespace, signatures: Signatures) -> Frames:
    """Return the frames to observe, float32 `[num_past, H, W, C]` in [0, 1]."""
    from keras_drnet.data.observed_frames import read_past

    with _device_errors():
        past: Frames = read_past(
            arguments.video or arguments.frames,
            signatures.num_past,
            signatures.image_size,
            signatures.num_channels,
            frame_rate=signatures.frame_rate,
            first_frame=arguments.first_frame,
            resize=signatures.resize,
        )
    return past


def _write(
    arguments: argparse.Namespace,
    past: Frames,
    future: Iterable[Frames],
    frame_rate: int,
) -> None:
    """Write observed frames in green and predicted ones in red."""
    from keras_drnet.visualization.frame_grid import GREEN, RED, frame_grid, write_png
    from keras_drnet.visualization.video_writer import video_writer

    path, scale = arguments.output, arguments.scale
    frames = itertools.chain(
        ((frame, GREEN) for frame in past), ((frame, RED) for frame in future)
    )
    if path.suffix == ".png":
        rows, colors = [], []
        while row := list(itertools.islice(frames, STRIP_COLUMNS)):
            rows.append([frame for frame, _ in row])
            colors.append([color for _, color in row])
        with _device_errors():
            write_png(path, frame_grid(rows, colors=colors, scale=scale))
        return
    with _device_errors(), video_writer(path, frame_rate=frame_rate) as append:
        for frame, color in frames:
            append(frame_grid([[frame]], colors=[color], scale=scale, border=2))


@contextlib.contextmanager
def _device_errors() -> Iterator[None]:
    """Raise the library's errors, of files to read and write, as `DeviceError`s."""
    from keras_drnet.errors import InputError

    try:
        yield
    except InputError as error:
        raise DeviceError(str(error)) from error


if __name__ == "__main__":
    sys.exit(entry_point())
