"""Address of a model on a server, and the errors of calls to it."""

import dataclasses
import ipaddress
import urllib.parse

from keras_drnet.errors import InputError

MAX_MESSAGE = 500  # Characters of a server's message that are shown.


class Unavailable(InputError):
    """The server is not reachable or not ready; a later try may succeed."""


@dataclasses.dataclass(frozen=True)
class Target:
    """A model on a server.

    Attributes:
        server: "http://HOST:PORT", or "HOST:PORT"; https only for REST.
        model: name of the model on the server.
        version: number of its version, or `None`: the newest, or the label's.
        label: label of its version, or `None`.
    """

    server: str
    model: str
    version: int | None = None
    label: str | None = None

    def __post_init__(self):
        """Raise `InputError` if the address or the choice of version is wrong."""
        if self.version is not None and self.label is not None:
            raise InputError(
                f"Version {self.version} and label {self.label!r}; name one of them."
            )
        try:
            sound = self._parts.hostname and (self._parts.port or 1)
        except ValueError:  # The port is not a number, or too large.
            sound = False
        if not sound or self._parts.scheme not in ("http", "https"):
            raise InputError(
                f"Server {self.server!r}; expected http://HOST:PORT, such as "
                "http://127.0.0.1:8501."
            )

    @property
    def url(self):
        """The address with its scheme, without a trailing slash."""
        return urllib.parse.urlunsplit(self._parts).rstrip("/")

    @property
    def is_secure(self):
        """Whether the address begins with https."""
        return self._parts.scheme == "https"

    @property
    def host_and_port(self):
        """The address without its scheme."""
        return self._parts.netloc

    @property
    def is_loopback(self):
        """Whether the server is on this machine, and so not behind a proxy."""
        host = self._parts.hostname
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def _parts(self):
        has_scheme = "://" in self.server
        return urllib.parse.urlsplit(
            self.server if has_scheme else f"http://{self.server}"
        )

    def missing(self, message):
        """Return the error for a model that the server does not have."""
        version = ""
        if self.version is not None:
            version = f", version {self.version}"
        elif self.label is not None:
            version = f", label {self.label!r}"
        return InputError(
            f"{self.server} does not have model {self.model!r}{version}: "
            f"{one_line(message)} Name the one that it serves, or wait until it has "
            "loaded."
        )

    def refused(self, message):
        """Return the error for a request that the server refuses."""
        return InputError(f"{self.server} refused the request: {one_line(message)}")

    def timed_out(self, seconds):
        """Return the error for an answer that did not come in time."""
        return InputError(
            f"{self.server} did not answer within {seconds:g} seconds; ask for fewer "
            "frames, or allow more time."
        )

    def unavailable(self, message):
        """Return the error for a server that is not reachable or not ready."""
        return Unavailable(
            f"{self.server} is not available: {one_line(message)} Start the server, or "
            "name the address where it is."
        )


def one_line(message):
    """Return a server's message on one line of bounded length, with a full stop."""
    text = " ".join(str(message).split())[:MAX_MESSAGE].rstrip(".")
    return f"{text or 'no reason given'}."
