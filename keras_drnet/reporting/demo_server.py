"""A server of the browser demo, on this machine alone, with the bundle of one run."""

import http.server
import io
import json
import os
import pathlib
import re
import urllib.parse
from http import HTTPStatus

from keras_drnet.errors import InputError

ADDRESS = "127.0.0.1"  # Nothing outside of this machine can connect.
BUNDLES = "bundles"  # As the page calls their folder.
INDEX = "index.html"
# What `make web` builds: it is no part of the installed package.
PAGE = pathlib.Path(__file__).parents[2] / "web_demo" / "dist"
# Not those of the system, which may lack some: a browser refuses WebAssembly of another
# type.
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
NO_FILE = f"{os.devnull}/none"


def find_page():
    """Return the folder of the built page.

    Raises:
        InputError: it was not built.
    """
    if not (PAGE / INDEX).is_file():
        raise InputError(
            f"The page for the browser is not built: {PAGE} has no {INDEX}. Run make "
            "web in a checkout of keras_drnet, which needs Node 20 and npm."
        )
    return PAGE


def make_server(page, bundle, name, port=0):
    """Make a server of the page; `serve_forever` runs it, on any thread.

    Args:
        page: folder of the built page.
        bundle: folder of the bundle that it shows, in place of those built into it.
        name: what the page calls the bundle.
        port: port to listen at; 0 is any that is free.

    Returns:
        An `http.server.ThreadingHTTPServer`; its `server_port` is the port.

    Raises:
        InputError: the port is in use, or not allowed.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", name).lstrip(".") or "run"
    index = json.dumps({"bundles": [name]}).encode()
    roots = {f"/{BUNDLES}/{name}/": pathlib.Path(bundle), "/": pathlib.Path(page)}
    try:
        return http.server.ThreadingHTTPServer((ADDRESS, port), _handler(roots, index))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"Cannot listen at port {port}: {reason}. Choose another --port, or 0 for "
            "any that is free."
        ) from error


def _handler(roots, index):
    """Return a handler class for files below `roots`, of path prefixes to folders."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = TYPES

        def send_head(self):
            # A page of another site that calls itself by this address has its name.
            host = urllib.parse.urlsplit(f"//{self.headers.get('Host', '')}").hostname
            if host not in (ADDRESS, "localhost"):
                return self.send_error(HTTPStatus.FORBIDDEN)
            if self._path() == f"/{BUNDLES}/index.json":
                return self._send_index()
            return super().send_head()

        def translate_path(self, path):
            """Return the file of a path, or the path of none if it is not to be had."""
            path = self._path()
            root, below = next(
                (folder.resolve(), path.removeprefix(prefix))
                for prefix, folder in roots.items()
                if path.startswith(prefix)
            )
            try:
                file = (root / (below or INDEX)).resolve()
            except (OSError, ValueError):  # Such as a null byte.
                return NO_FILE
            is_served = file.is_file() and file.is_relative_to(root)
            return str(file) if is_served else NO_FILE

        def end_headers(self):
            # A run that was trained further has another model at the same address.
            self.send_header("Cache-Control", "no-cache")
            self.send_header("X-Content-Type-Options", "nosniff")
            super().end_headers()

        def log_message(self, *_):
            """Say nothing of each file."""

        def _path(self):
            path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
            return path if path.startswith("/") else f"/{path}"

        def _send_index(self):
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", TYPES[".json"])
            self.send_header("Content-Length", str(len(index)))
            self.end_headers()
            return io.BytesIO(index)

    return Handler
