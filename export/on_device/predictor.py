"""The predictor of a `.tflite` file."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import metadata
from ..signatures import Signatures
from .runtimes import RUNTIMES, DeviceError, load_runtime

Frames = NDArray[np.float32]
StrPath = str | os.PathLike[str]


class VideoPredictor:
    """Predicts video in pose space, frame by frame, from one encoding of the content.

    Every frame costs the same time, and memory does not grow. An instance belongs to
    one thread: `prime` and `step` share the runtime's memory.

    Example:

    ```python
    predictor = VideoPredictor("drnet.tflite")
    predictor.prime(frames)
    for frame in predictor:
        show(frame)
    ```

    Attributes:
        signatures: description of the model (`export.signatures.Signatures`):
            `image_size`, `num_channels`, `num_past`, `frame_rate` and more.
        runtime: name of the runtime in use, one of `RUNTIMES`.
    """

    def __init__(
        self, model_path: StrPath, num_threads: int = 1, runtime: str | None = None
    ) -> None:
        """Load a model.

        Args:
            model_path: `.tflite` file of a bundle.
            num_threads: threads of the runtime, from 1.
            runtime: one of `RUNTIMES`, or `None` for the first that is installed.

        Raises:
            DeviceError: the file was not written by `export.main` or is damaged, there
                is no thread, or the runtime is not installed or cannot run the model.
        """
        if num_threads < 1:
            raise DeviceError(f"num_threads is {num_threads}; expected 1 or more.")
        self.signatures = _read_signatures(model_path)
        self.runtime, interpreter = load_runtime(runtime)
        try:
            self._interpreter = interpreter(
                model_path=str(model_path), num_threads=num_threads
            )
            self._interpreter.allocate_tensors()
            step = self._interpreter.get_signature_runner("step")
            prime = self._prime_runner()
            past, primed = prime.get_input_details(), prime.get_output_details()
            del prime
        except (ValueError, RuntimeError) as error:
            raise DeviceError(
                f"{self.runtime} cannot load {model_path}: {error}. If the file is "
                f"whole, try another runtime of {list(RUNTIMES)}."
            ) from error
        # A signature runner copies every input and output, the content maps too. The
        # interpreter's own calls do not, but run only the first function of the file.
        inputs, outputs = step.get_input_details(), step.get_output_details()
        first = self._interpreter.get_input_details()
        names = {*self.signatures.content, *self.signatures.state}
        if _identities(inputs.values()) != _identities(first) or inputs.keys() != names:
            raise DeviceError(
                f"The first function of {model_path} is not `step`; expected a .tflite "
                "file written by export.main."
            )
        about, arrays = self.signatures, _arrays(inputs)
        frame = (about.image_size, about.image_size, about.num_channels)
        expected = {"frame": ((1, *frame), np.float32)}
        expected |= {name: arrays[name] for name in about.state}
        observed = {"past": ((1, about.num_past, *frame), np.float32)}
        if (
            _arrays(past) != observed
            or _arrays(primed) != arrays
            or _arrays(outputs) != expected
        ):
            raise DeviceError(
                f"The functions of {model_path} do not fit its signatures; expected a "
                ".tflite file written by export.main."
            )
        self._inputs = {name: inputs[name]["index"] for name in names}
        self._frame = outputs["frame"]["index"]
        # Functions that return views: the runtime does not run while a view is held.
        view = self._interpreter.tensor
        self._state = [
            (view(inputs[name]["index"]), view(outputs[name]["index"]))
            for name in self.signatures.state
        ]
        self._is_primed = False

    def prime(self, frames: ArrayLike) -> None:
        """Observe frames: encode their content once and warm up the pose LSTM.

        Args:
            frames: `[T, H, W, C]` in [0, 1], oldest first, T at least
                `signatures.num_past`; the last `num_past` of them are used.

        Raises:
            DeviceError: frames of another size, too few, or values that are not
                finite or not in [0, 1]. The earlier state is kept.
        """
        past = self._check_frames(frames)
        for name, value in self._prime_runner()(past=past[np.newaxis]).items():
            self._interpreter.set_tensor(self._inputs[name], value)
        self._is_primed = True

    def seed(self, frames: ArrayLike) -> None:
        """Call `prime`, which had this name before."""
        self.prime(frames)

    def step(self) -> Frames:
        """Predict the next frame.

        Returns:
            float32 array `[H, W, C]` in [0, 1], a new one each time.

        Raises:
            DeviceError: `prime` was not called.
        """
        if not self._is_primed:
            raise DeviceError(
                "No frames were observed yet; call prime(frames) before step()."
            )
        self._interpreter.invoke()
        for state, next_state in self._state:
            np.copyto(state(), next_state())
        frame: Frames = self._interpreter.get_tensor(self._frame)[0]
        return frame

    def __iter__(self) -> Iterator[Frames]:
        """Yield predicted frames without end."""
        while True:
            yield self.step()

    def _prime_runner(self) -> Any:
        # To be dropped: the runtime counts a runner as a view and would not run.
        return self._interpreter.get_signature_runner(self.signatures.prime_function)

    def _check_frames(self, frames: ArrayLike) -> Frames:
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
        if not (low >= 0 and high <= 1):  # Neither is true of NaN.
            raise DeviceError(
                f"The frames hold values from {low:g} to {high:g}; expected finite "
                "ones in [0, 1]: divide bytes by 255."
            )
        return past


def _read_signatures(path: StrPath) -> Signatures:
    try:
        return metadata.read(path)
    except OSError as error:
        raise DeviceError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DeviceError(str(error)) from error


def _arrays(details: dict[str, Any]) -> dict[str, Any]:
    """Return the shape and the type of each tensor."""
    return {
        name: (tuple(tensor["shape"].tolist()), tensor["dtype"])
        for name, tensor in details.items()
    }


def _identities(details: Iterable[dict[str, Any]]) -> set[tuple[int, str]]:
    """Return the index and name of each tensor."""
    return {(tensor["index"], tensor["name"]) for tensor in details}
