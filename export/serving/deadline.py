"""HTTP calls that end at a deadline, with a bound on the size of an answer.

The timeout of a socket is for each read alone: a server that sends a byte now and then
would keep a caller waiting for ever.
"""

import contextlib
import http.client
import socket
import threading
import urllib.request

BLOCK_BYTES = 1 << 16  # Read at a time.


class Deadline:
    """A context in which connections are cut off when the time is over.

    Attributes:
        seconds: how long the context may last.
        is_over: whether connections were cut off.
    """

    def __init__(self, seconds):
        """Start at once."""
        self.seconds, self.is_over = seconds, False
        self._twins, self._lock = [], threading.Lock()
        self._timer = threading.Timer(seconds, self._cut_off)
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._timer.cancel()
        with self._lock:
            while self._twins:
                self._twins.pop().close()

    def watch(self, connection):
        """Cut off this socket, too, when the time is over."""
        with self._lock:
            # TLS takes the socket over, and leaves a twin of it alone.
            self._twins.append(connection.dup())
        if self.is_over:
            self._cut_off()

    def _cut_off(self):
        with self._lock:
            self.is_over = True
            for twin in self._twins:
                with contextlib.suppress(OSError):  # The server has hung up.
                    twin.shutdown(socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    """A connection whose timeout is a `Deadline`."""

    def __init__(self, host, port=None, timeout=None, *arguments, **options):
        super().__init__(host, port, timeout.seconds, *arguments, **options)
        self._deadline = timeout

    def connect(self):
        super().connect()
        self._deadline.watch(self.sock)


class _SecureConnection(http.client.HTTPSConnection, _Connection):
    """The same with TLS; it is watched from before the handshake on."""


class HTTPHandler(urllib.request.HTTPHandler):
    """Opens requests whose timeout is a `Deadline`."""

    def http_open(self, req):
        return self.do_open(_Connection, req)


class HTTPSHandler(urllib.request.HTTPSHandler):
    """Opens requests whose timeout is a `Deadline`."""

    def https_open(self, req):
        return self.do_open(_SecureConnection, req)


def read(response, most):
    """Read an answer of at most `most` bytes; return `None` if it is longer.

    Raises:
        http.client.IncompleteRead: it breaks off.
        OSError: the connection failed.
    """
    if (response.length or 0) > most:  # What the server says.
        return None
    blocks, size = [], 0
    while block := response.read1(BLOCK_BYTES):
        blocks.append(block)
        size += len(block)
        if size > most:
            return None
    content = b"".join(blocks)
    if response.length:
        raise http.client.IncompleteRead(content, response.length)
    return content
