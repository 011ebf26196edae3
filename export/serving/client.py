"""A client of TF Serving that knows a bundle's functions, their inputs and outputs.

    client = ServingClient("http://127.0.0.1:8501", signatures)
    future = client.predict(past, num_future=100)

Over REST it needs only NumPy, not TensorFlow.
"""

import math
import random
import time

import numpy as np

from keras_drnet.errors import InputError, choose

from ..signatures import OLD_NAMES
from .rest_transport import RestTransport
from .transport import Target, Unavailable

FIRST_DELAY, LAST_DELAY = 0.5, 8.0  # Seconds between tries; each time doubled.
SLACK = 1e-3  # How far rounding may carry a value out of its range.


def _grpc_transport(target, timeout):
    # Loads TensorFlow.
    from .grpc_transport import GrpcTransport

    return GrpcTransport(target, timeout)


TRANSPORTS = {"rest": RestTransport, "grpc": _grpc_transport}


class ServingClient:
    """Calls the functions of one model; any number of threads may share it."""

    def __init__(
        self,
        server,
        signatures,
        *,
        model="drnet",
        version=None,
        label=None,
        protocol="rest",
        timeout=30.0,
        retries=5,
    ):
        """Check the arguments; no connection is opened yet.

        Args:
            server: "http://HOST:PORT"; for gRPC also "HOST:PORT".
            signatures: the bundle's `Signatures`.
            model: name of the model on the server.
            version: number of its version; default: the newest.
            label: label of its version, in place of a number.
            protocol: "rest" or "grpc".
            timeout: seconds that a single try may take, its answer included.
            retries: further tries while the server is not reachable or not ready,
                after 0.5, 1, 2, 4, 8, 8, ... seconds. A refused request is not
                repeated.

        Raises:
            InputError: an argument is wrong, or gRPC's packages are missing.
        """
        target = Target(server, model, version, label)
        self._transport = choose(TRANSPORTS, protocol, "protocol")(target, timeout)
        self._signatures = signatures
        self._retries = retries

    def predict(self, past, num_future):
        """Predict in one call.

        Args:
            past: observed frames `[B, T, H, W, C]` in [0, 1]; T, H, W and C as the
                bundle has them.
            num_future: frames to predict, 1 to `signatures.max_future`.

        Returns:
            Frames float32 `[B, num_future, H, W, C]` in [0, 1].

        Raises:
            InputError: as for `call`.
        """
        most = self._signatures.max_future
        if not 1 <= num_future <= most:
            raise InputError(
                f"num_future is {num_future}; expected 1 to {most} in one call. Frame "
                "by frame (--stepwise, ServingClient.stream) there is no end."
            )
        count = np.full(len(past), num_future, np.int32)
        outputs = self.call("serving_default", {"past": past, "num_future": count})
        # A server that batches calls predicts as many frames as the longest needs.
        future = outputs["future"][:, :num_future]
        if future.shape[1] < num_future:
            raise InputError(
                f"The server sent {future.shape[1]} frames; expected {num_future}."
            )
        return future

    def stream(self, past):
        """Predict frame by frame; the state goes back and forth with each call.

        Name a version if the server may load another meanwhile: the state of one
        version means nothing to another.

        Args:
            past: as in `predict`.

        Returns:
            An endless iterator of frames `[B, H, W, C]`. The first call is made at
            once, the others as frames are taken.

        Raises:
            InputError: as for `call`.
        """
        return self._steps(self.call("prime", {"past": past}))

    def call(self, signature, inputs):
        """Call a function of the bundle.

        Args:
            signature: its name, one of `signatures.functions`.
            inputs: dict of arrays, or of values to convert to arrays.

        Returns:
            A dict of arrays with the shapes and types of `signatures`.

        Raises:
            Unavailable: the server was not reachable or not ready, at any try.
            InputError: the inputs do not fit the function; or the server refused
                them, or did not answer in time or as `signatures` says.
        """
        signature = OLD_NAMES.get(signature, signature)
        function = choose(self._signatures.functions, signature, "signature")
        arrays = _arrays(inputs, function.inputs, f"Input of {signature}")
        if len({len(array) for array in arrays.values()}) > 1:
            sizes = {name: len(array) for name, array in arrays.items()}
            raise InputError(f"Inputs of {signature} differ in batch size: {sizes}.")
        batch_size = len(next(iter(arrays.values())))
        if not batch_size:
            raise InputError(
                f"Inputs of {signature} are an empty batch; send at least one."
            )
        most = self._most_values(function.outputs, batch_size)
        name = self._signatures.name_in_files(signature)
        outputs = self._retried(lambda: self._transport.predict(name, arrays, most))
        # REST leaves out the name of a single output.
        if len(function.outputs) == 1 and not isinstance(outputs, dict):
            outputs = dict.fromkeys(function.outputs, outputs)
        what = f"The server's answer of {signature}"
        arrays = _arrays(outputs, function.outputs, what)
        for name, array in arrays.items():
            if len(array) != batch_size:
                raise InputError(
                    f"{what}: {name} has batch size {len(array)}; expected "
                    f"{batch_size}, as the inputs have."
                )
        return arrays

    def status(self):
        """Return the state of each version on the server.

        Returns:
            A dict of number to state: "START", "LOADING", "AVAILABLE", "UNLOADING" or
            "END".

        Raises:
            InputError: as for `call`.
        """
        return self._retried(self._transport.status)

    def _steps(self, tensors):
        while True:
            outputs = self.call("step", tensors)
            yield outputs.pop("frame")
            tensors |= outputs

    def _most_values(self, tensors, batch_size):
        """Return the greatest number of values that outputs can have together."""
        most_frames = self._signatures.max_future  # The only free size but the batch.
        return sum(
            batch_size * math.prod(size or most_frames for size in tensor.shape[1:])
            for tensor in tensors.values()
        )

    def _retried(self, send):
        delay = FIRST_DELAY
        for _ in range(self._retries):
            try:
                return send()
            except Unavailable:
                # At random, so that clients of one server do not all return at once.
                time.sleep(delay * random.uniform(0.5, 1.0))
                delay = min(2 * delay, LAST_DELAY)
        return send()


def _arrays(values, tensors, what):
    """Convert values to arrays; raise `InputError` if one is not as its tensor."""
    if not isinstance(values, dict) or values.keys() != tensors.keys():
        found = sorted(values) if isinstance(values, dict) else type(values).__name__
        raise InputError(f"{what}: got {found}; expected {sorted(tensors)}.")
    arrays = {}
    for name, tensor in tensors.items():
        try:
            array = np.asarray(values[name], tensor.dtype)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{what}: {name} is no array of {tensor.dtype} ({error})."
            ) from error
        if array.ndim != len(tensor.shape) or any(
            size not in (None, found)
            for size, found in zip(tensor.shape, array.shape, strict=True)
        ):
            expected = ", ".join("any" if n is None else str(n) for n in tensor.shape)
            raise InputError(
                f"{what}: {name} has shape {list(array.shape)}; expected [{expected}], "
                "as signatures.json says."
            )
        if not np.all(np.isfinite(array)):
            raise InputError(f"{what}: {name} has values that are not finite numbers.")
        if tensor.range is not None and array.size:
            low, high = tensor.range
            if array.min() < low - SLACK or array.max() > high + SLACK:
                raise InputError(
                    f"{what}: {name} has values from {array.min():g} to "
                    f"{array.max():g}; expected {low:g} to {high:g}."
                )
        arrays[name] = array
    return arrays
