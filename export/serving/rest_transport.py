"""Calls over TF Serving's REST interface; needs only NumPy.

https://www.tensorflow.org/tfx/serving/api_rest
"""

import http.client
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request

import numpy as np

from keras_drnet.checks.json_input import parse_json
from keras_drnet.errors import InputError

from . import deadline
from .transport import one_line

BYTES_OF_A_VALUE = 32  # With brackets and separator; a double has 25 at most.
MOST_OTHER_BYTES = 1 << 20  # Of names, of a message, of a list of versions.
BAD_REQUEST, NOT_FOUND, NOT_READY, GATEWAY_TIMED_OUT = 400, 404, 503, 504


class RestTransport:
    """Sends single requests; any number of threads may share it."""

    def __init__(self, target, timeout):
        """Open no connection yet.

        Args:
            target: a `Target`.
            timeout: seconds after which a call fails.
        """
        self._target, self._timeout = target, timeout
        self._url = f"{target.url}/v1/models/{_quote(target.model)}"
        if target.version is not None:
            self._url += f"/versions/{target.version}"
        if target.label is not None:
            self._url += f"/labels/{_quote(target.label)}"
        proxies = {} if target.is_loopback else None
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(proxies),
            deadline.HTTPHandler,
            deadline.HTTPSHandler,
        )

    def predict(self, signature, inputs, most_values):
        """Call a signature.

        Args:
            signature: its name.
            inputs: dict of arrays.
            most_values: greatest number of values of all outputs together.

        Returns:
            The answer's `outputs`: a dict of nested lists, or, if the signature has
            a single output, its nested list without the name.

        Raises:
            Unavailable: the server is not reachable or not ready.
            InputError: it refuses the call, does not answer in time or as TF Serving
                does, or sends more values.
        """
        most_bytes = BYTES_OF_A_VALUE * most_values + MOST_OTHER_BYTES
        values = {name: _nested_list(value) for name, value in inputs.items()}
        request = {"signature_name": signature, "inputs": values}
        content = json.dumps(request).encode()
        return self._send(":predict", "outputs", content, most_bytes)

    def status(self):
        """Return the state of each version, as `{1: "AVAILABLE"}`; see `predict`."""
        entries = self._send("", "model_version_status")
        try:
            return {int(entry["version"]): entry["state"] for entry in entries}
        except (ValueError, KeyError, TypeError) as error:
            raise self._no_answer(f"no versions in {str(entries)[:80]!r}") from error

    def _send(self, verb, key, content=None, most_bytes=MOST_OTHER_BYTES):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url + verb, content, headers)
        with deadline.Deadline(self._timeout) as limit:
            try:
                with self._open(request, limit) as response:
                    status, answer = (
                        response.status,
                        deadline.read(response, most_bytes),
                    )
            except (http.client.HTTPException, OSError) as error:
                raise self._failure(error, limit.is_over) from error
        if limit.is_over:  # An answer that is cut off can look like a whole one.
            raise self._target.timed_out(self._timeout)
        if answer is None:
            raise self._no_answer(f"more than {most_bytes} bytes")
        if status != http.HTTPStatus.OK:
            raise self._refusal(status, answer)
        try:
            return parse_json(answer)[key]
        except (InputError, KeyError, TypeError) as error:
            text = answer[:80].decode(errors="replace")
            reason = f" ({error})" if isinstance(error, InputError) else ""
            raise self._no_answer(f"no {key!r} in {text!r}{reason}") from error

    def _open(self, request, limit):
        """Return the response, also one with an error status."""
        try:
            return self._opener.open(request, timeout=limit)
        except urllib.error.HTTPError as error:
            return error

    def _failure(self, error, is_late):
        """Return the error for a call without an answer."""
        reason = getattr(error, "reason", error)
        if is_late or isinstance(reason, TimeoutError):
            return self._target.timed_out(self._timeout)
        if isinstance(error, http.client.RemoteDisconnected):
            return self._target.unavailable("it hung up without an answer")
        if isinstance(error, http.client.IncompleteRead):
            return self._target.unavailable("its answer broke off")
        if isinstance(error, http.client.HTTPException):
            return self._no_answer(type(error).__name__)
        if isinstance(reason, ssl.SSLError):
            return InputError(f"{self._url} is not trusted: {reason}.")
        return self._target.unavailable(getattr(reason, "strerror", None) or reason)

    def _refusal(self, status, content):
        text = content.decode(errors="replace")
        try:
            message = parse_json(text)["error"]
        except (InputError, KeyError, TypeError):
            message = f"HTTP {status}, {text!r}"
        if status == NOT_FOUND:
            return self._target.missing(message)
        if status == NOT_READY:
            return self._target.unavailable(message)
        if status == GATEWAY_TIMED_OUT:
            return self._target.timed_out(self._timeout)
        if status == BAD_REQUEST:
            return self._target.refused(message)
        return InputError(f"{self._url} failed (HTTP {status}): {one_line(message)}")

    def _no_answer(self, reason):
        return InputError(
            f"{self._url} did not answer as TF Serving does: {one_line(reason)} Its "
            "REST port is 8501 unless told otherwise; 8500 is for gRPC."
        )


def _nested_list(array):
    if array.dtype == np.float32:
        # The shortest decimal of each float32, half as long as that of its double.
        array = array.astype(str).astype(float)
    return array.tolist()


def _quote(text):
    return urllib.parse.quote(text, safe="")
