"""Predicts video with a `.tflite` file, NumPy and a TFLite runtime alone.

A board needs three files of this repository, in a folder `export`: `on_device.py`,
`metadata.py`, `signatures.py`; and `pip install numpy ai-edge-litert`. The command
line reads and writes files too, with the packages of `requirements.txt`:

    python -m export.on_device --model=drnet.tflite --video=walk.avi --output=out.gif
"""

import argparse
import importlib
import itertools
import operator
import os
import pathlib
import statistics
import sys
import time

import numpy as np

from export import metadata

# Name of a runtime to its module and the class in it, in the order of preference:
# LiteRT's fast kernels run int8 as well, those of tflite-runtime 2.14 do not.
RUNTIMES = {
    "ai_edge_litert": ("ai_edge_litert.interpreter", "Interpreter"),
    "tflite_runtime": ("tflite_runtime.interpreter", "Interpreter"),
    "tensorflow": ("tensorflow", "lite.Interpreter"),
}
OUTPUT_SUFFIXES = (".gif", ".mp4", ".png")
STRIP_COLUMNS = 20  # Frames in a row of a PNG.
EXIT_BAD_INPUT = 2


class DeviceError(ValueError):
    """A file, a runtime or frames cannot be used; the message says what to do."""


class VideoPredictor:
    """Predicts video in pose space, frame by frame, from one encoding of the content.

    Every frame costs the same time, and memory does not grow. An instance belongs to
    one thread: `seed` and `step` share the runtime's memory.

    Example:

    ```python
    predictor = VideoPredictor("drnet.tflite")
    predictor.seed(frames)
    for frame in predictor:
        show(frame)
    ```

    Attributes:
        signatures: what the file says of its model (`export.signatures.Signatures`):
            `image_size`, `num_channels`, `num_past`, `frame_rate` and more.
        runtime: name of the runtime in use, one of `RUNTIMES`.
    """

    def __init__(self, model_path, num_threads=1, runtime=None):
        """Load a model.

        Args:
            model_path: `.tflite` file of a bundle.
            num_threads: threads of the runtime, from 1.
            runtime: one of `RUNTIMES`, or `None` for the first that is installed.

        Raises:
            DeviceError: the file is none of ours or is damaged, or there is no such
                runtime, or it cannot run the model.
        """
        self.signatures = _read_signatures(model_path)
        self.runtime, interpreter = load_runtime(runtime)
        try:
            self._interpreter = interpreter(
                model_path=str(model_path), num_threads=num_threads
            )
            self._interpreter.allocate_tensors()
            step = self._interpreter.get_signature_runner("step")
        except (ValueError, RuntimeError) as error:
            raise DeviceError(
                f"{self.runtime} cannot load {model_path}: {error}. If the file is "
                f"whole, try another runtime of {list(RUNTIMES)}."
            ) from error
        # A runner copies all that it takes and gives, the content maps too. The plain
        # calls do not, but run the first function of the file alone.
        inputs, outputs = step.get_input_details(), step.get_output_details()
        first = self._interpreter.get_input_details()
        names = {*self.signatures.content, *self.signatures.state}
        if _places(inputs.values()) != _places(first) or inputs.keys() != names:
            raise DeviceError(
                f"The first function of {model_path} is not `step`; expected a .tflite "
                "file written by export.main."
            )
        self._inputs = {name: inputs[name]["index"] for name in names}
        self._frame = outputs["frame"]["index"]
        # Functions that make views: the runtime refuses to run while a view is held.
        view = self._interpreter.tensor
        self._state = [
            (view(inputs[name]["index"]), view(outputs[name]["index"]))
            for name in self.signatures.state
        ]
        self._is_seeded = False

    def seed(self, frames):
        """Observe frames: encode their content once and warm up the pose LSTM.

        Args:
            frames: `[T, H, W, C]` in [0, 1], oldest first, T at least
                `signatures.num_past`; the last `num_past` of them are used.

        Raises:
            DeviceError: frames of another size, too few, or values that are not
                finite or not in [0, 1]. What was seeded before stays.
        """
        past = self._check_frames(frames)
        # Not kept: the runtime takes a runner for a view and would refuse to run.
        runner = self._interpreter.get_signature_runner("seed")
        for name, value in runner(past=past[np.newaxis]).items():
            self._interpreter.set_tensor(self._inputs[name], value)
        self._is_seeded = True

    def step(self):
        """Predict the next frame.

        Returns:
            float32 array `[H, W, C]` in [0, 1], a new one each time.

        Raises:
            DeviceError: `seed` was not called.
        """
        if not self._is_seeded:
            raise DeviceError(
                "There is nothing to go on from; call seed(frames) before step()."
            )
        self._interpreter.invoke()
        for state, next_state in self._state:
            np.copyto(state(), next_state())
        return self._interpreter.get_tensor(self._frame)[0]

    def __iter__(self):
        """Yield what `step` gives, for ever."""
        while True:
            yield self.step()

    def _check_frames(self, frames):
        side, channels = self.signatures.image_size, self.signatures.num_channels
        num_past = self.signatures.num_past
        frames = np.asarray(frames, np.float32)
        if frames.shape[1:] != (side, side, channels) or len(frames) < num_past:
            raise DeviceError(
                f"The frames have shape {list(frames.shape)}; expected [T, {side}, "
                f"{side}, {channels}] with T at least {num_past}: resize them, or wait "
                "for more."
            )
        past = frames[-num_past:]
        low, high = past.min(), past.max()
        if not (low >= 0 and high <= 1):  # Of NaN neither is true.
            raise DeviceError(
                f"The frames hold values from {low:g} to {high:g}; expected finite "
                "ones in [0, 1]: divide bytes by 255."
            )
        return past


def _read_signatures(path):
    try:
        return metadata.read(path)
    except OSError as error:
        raise DeviceError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DeviceError(str(error)) from error


def load_runtime(name=None):
    """Import a runtime.

    Args:
        name: one of `RUNTIMES`, or `None` for the first that is installed.

    Returns:
        Its name and its class `Interpreter`.

    Raises:
        DeviceError: there is no such runtime, or it is not installed.
    """
    if name is not None and name not in RUNTIMES:
        raise DeviceError(
            f"Unknown runtime {name!r}; expected one of {list(RUNTIMES)}."
        )
    candidates = [name] if name else list(RUNTIMES)
    reasons = []
    for candidate in candidates:
        module, attribute = RUNTIMES[candidate]
        try:
            found = importlib.import_module(module)
            return candidate, operator.attrgetter(attribute)(found)
        except (ImportError, AttributeError) as error:
            reasons.append(str(error))
    raise DeviceError(
        f"No runtime could be loaded ({'; '.join(reasons)}); expected "
        f"{' or '.join(candidates)}: pip install {candidates[0].replace('_', '-')}."
    )


def _places(details):
    return {(tensor["index"], tensor["name"]) for tensor in details}


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise DeviceError(f"{message}; see --help.")


def _parse():
    parser = _Parser(
        prog="python -m export.on_device",
        description="Predicts how a video goes on.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--model", required=True, help=".tflite file of a bundle.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--video", help="Video, sampled at the model's frame rate.")
    source.add_argument("--frames", help="Folder of pictures: 1, 2, ... 10.")
    add("--first_frame", type=_from(0), default=0, help="Number of frames to skip.")
    add("--num_future", type=_from(1), default=50, help="Frames to predict.")
    add("--output", type=pathlib.Path, required=True, help="A .gif, .mp4 or .png.")
    add("--scale", type=_from(1), default=2, help="Enlargement of frames.")
    add("--num_threads", type=_from(1), default=1, help="Threads of the runtime.")
    add("--runtime", choices=RUNTIMES, help="Default: the first that is installed.")
    return parser.parse_args()


def _from(minimum):
    def whole_number(text):
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(
                f"expected a whole number from {minimum}, not {text!r}"
            )
        return int(text)

    return whole_number


def _main(arguments):
    suffix = arguments.output.suffix
    if suffix not in OUTPUT_SUFFIXES:
        raise DeviceError(
            f"Unknown kind of output {suffix!r}; expected one of {OUTPUT_SUFFIXES}."
        )
    predictor = VideoPredictor(
        arguments.model, arguments.num_threads, arguments.runtime
    )
    past = _read_past(arguments, predictor.signatures)
    predictor.seed(past)
    seconds = []

    def future():
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


def _read_past(arguments, signatures):
    """Return the frames to observe, float32 `[num_past, H, W, C]` in [0, 1]."""
    from keras_drnet.data.observed_frames import read_past
    from keras_drnet.errors import InputError

    try:
        return read_past(
            arguments.video or arguments.frames,
            signatures.num_past,
            signatures.image_size,
            signatures.num_channels,
            frame_rate=signatures.frame_rate,
            first_frame=arguments.first_frame,
            resize=signatures.resize,
        )
    except InputError as error:
        raise DeviceError(str(error)) from error


def _write(arguments, past, future, frame_rate):
    from keras_drnet.visualization.frame_grid import GREEN, RED, frame_grid, write_png
    from keras_drnet.visualization.video_writer import video_writer

    path, scale = arguments.output, arguments.scale
    frames = [(frame, GREEN) for frame in past]
    frames = itertools.chain(frames, ((frame, RED) for frame in future))
    if path.suffix == ".png":
        rows, colors = [], []
        while row := list(itertools.islice(frames, STRIP_COLUMNS)):
            rows.append([frame for frame, _ in row])
            colors.append([color for _, color in row])
        write_png(path, frame_grid(rows, colors=colors, scale=scale))
        return
    with video_writer(path, frame_rate=frame_rate) as append:
        for frame, color in frames:
            append(frame_grid([[frame]], colors=[color], scale=scale, border=2))


def cli():
    """Run the program; bad input ends it with one sentence and exit code 2."""
    # TensorFlow's notices would hide our messages.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        return _main(_parse())
    except DeviceError as error:
        message = error
    except OSError as error:
        message = f"{error.filename or 'A file'}: {error.strerror or error}."
    except ImportError as error:
        message = (
            f"Files are read and written with packages of which one is missing "
            f"({error}): pip install -r requirements.txt. The class VideoPredictor "
            "needs NumPy and a runtime alone."
        )
    print(f"Error: {message}", file=sys.stderr)
    return EXIT_BAD_INPUT


if __name__ == "__main__":
    sys.exit(cli())
