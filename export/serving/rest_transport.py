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

from keras_drnet.errors import InputError

from .transport import one_line

BAD_REQUEST, NOT_FOUND, NOT_READY, GATEWAY_TIMED_OUT = 400, 404, 503, 504


class RestTransport:
    """Sends single requests; any number of threads may share it."""

    def __init__(self, target, timeout):
        """Open no connection yet.

        Args:
            target: a `Target`.
            timeout: seconds without data from the server after which a call fails.
        """
        self._target, self._timeout = target, timeout
        self._url = f"{target.url}/v1/models/{_quote(target.model)}"
        if target.version is not None:
            self._url += f"/versions/{target.version}"
        if target.label is not None:
            self._url += f"/labels/{_quote(target.label)}"
        proxies = {} if target.is_loopback else None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))

    def predict(self, signature, inputs):
        """Call a signature.

        Args:
            signature: its name.
            inputs: dict of arrays.

        Returns:
            The answer's `outputs`: a dict of nested lists, or, if the signature has
            a single output, its nested list without the name.

        Raises:
            Unavailable: the server is not reachable or not ready.
            InputError: it refuses the call, or does not answer in time or as TF
                Serving does.
        """
        values = {name: _nested_list(value) for name, value in inputs.items()}
        request = {"signature_name": signature, "inputs": values}
        return self._send(":predict", "outputs", json.dumps(request).encode())

    def status(self):
        """Return the state of each version, as `{1: "AVAILABLE"}`; see `predict`."""
        entries = self._send("", "model_version_status")
        try:
            return {int(entry["version"]): entry["state"] for entry in entries}
        except (ValueError, KeyError, TypeError) as error:
            raise self._no_answer(f"no versions in {str(entries)[:80]!r}") from error

    def _send(self, verb, key, content=None):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url + verb, content, headers)
        try:
            with self._open(request) as response:
                status, answer = response.status, response.read()
        except http.client.RemoteDisconnected as error:
            raise self._target.unavailable("it hung up without an answer") from error
        except http.client.IncompleteRead as error:
            raise self._target.unavailable("its answer broke off") from error
        except http.client.HTTPException as error:
            raise self._no_answer(type(error).__name__) from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise self._target.timed_out(self._timeout) from error
            if isinstance(reason, ssl.SSLError):
                raise InputError(f"{self._url} is not trusted: {reason}.") from error
            reason = getattr(reason, "strerror", None) or reason
            raise self._target.unavailable(reason) from error
        if status != http.HTTPStatus.OK:
            raise self._refusal(status, answer)
        try:
            return json.loads(answer)[key]
        except (ValueError, KeyError, TypeError) as error:
            text = answer.decode(errors="replace")
            raise self._no_answer(f"no {key!r} in {text[:80]!r}") from error

    def _open(self, request):
        """Return the response, also one with an error status."""
        try:
            return self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            return error

    def _refusal(self, status, content):
        text = content.decode(errors="replace")
        try:
            message = json.loads(text)["error"]
        except (ValueError, KeyError, TypeError):
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
