"""A stand-in for the Hugging Face Hub: what a download needs of its API.

/api/models/owner/name[/revision/main]     commit, and names and sizes of the files
/api/models/owner/name/tree/<commit>       the same as a list of entries
/owner/name/resolve/<commit>/path          a file
"""

import contextlib
import dataclasses
import hashlib
import http.server
import json
import os
import re
import threading
import urllib.parse

COMMIT = "c0ffee" + 34 * "0"
_API = re.compile(r"/api/models/([^/]+/[^/]+)(?:/(revision|tree)/(.+))?")
_FILE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)")


@dataclasses.dataclass
class Model:
    """A repository.

    Attributes:
        files: dict of path to content.
        revisions: names of its one commit, beside its hash.
        sizes: dict of path to a size that the listing has in place of the true one.
        is_gated: whether its files are refused; the Hub lists them all the same.
    """

    files: dict[str, bytes]
    revisions: tuple[str, ...] = ("main",)
    sizes: dict[str, int] = dataclasses.field(default_factory=dict)
    is_gated: bool = False


def files_of(folder):
    """Returns the files of a folder, as a `Model` has them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@contextlib.contextmanager
def serve(models):
    """Answers for some models while the block runs.

    Args:
        models: dict of `owner/name` to `Model`.

    Yields:
        The address of the server, and the paths of the files that were downloaded.
    """
    downloaded = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self._answer()

        def do_GET(self):
            self._answer()

        def _answer(self):
            path = urllib.parse.unquote(self.path.partition("?")[0])
            if match := _API.fullmatch(path):
                repository, kind, revision = match.groups()
                model = self._find(repository, revision or "main")
                if model:
                    entries = [_entry(*file, model) for file in model.files.items()]
                    info = {"id": repository, "sha": COMMIT, "siblings": entries}
                    content = entries if kind == "tree" else info
                    self._send(200, json.dumps(content).encode())
            elif match := _FILE.fullmatch(path):
                repository, revision, name = match.groups()
                model = self._find(repository, revision)
                if model and model.is_gated:
                    self._refuse(403, "GatedRepo")
                elif model and name in model.files:
                    if self.command == "GET":
                        downloaded.append(name)
                    self._send(200, model.files[name])
                elif model:
                    self._refuse(404, "EntryNotFound")
            else:
                self._send(404, b"")

        def _find(self, repository, revision):
            model = models.get(repository)
            if model is None:
                self._refuse(404, "RepoNotFound")
            elif revision not in (COMMIT, *model.revisions):
                self._refuse(404, "RevisionNotFound")
                return None
            return model

        def _refuse(self, status, code):
            self._send(status, b"{}", {"X-Error-Code": code})

        def _send(self, status, content, headers=()):
            self.send_response(status)
            named = {
                "Content-Length": str(len(content)),
                "ETag": f'"{hashlib.sha1(content).hexdigest()}"',
                "X-Repo-Commit": COMMIT,
            }
            for name, value in (named | dict(headers)).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", downloaded
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _entry(path, content, model):
    size = model.sizes.get(path, len(content))
    oid = hashlib.sha1(content).hexdigest()
    return {"type": "file", "path": path, "rfilename": path, "size": size, "oid": oid}


def environment(url, cache, **others):
    """Returns the variables of a process that takes a server for the Hub."""
    hub = {
        "HF_ENDPOINT": url,
        "HF_HOME": str(cache),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
    }
    # A loaded machine may be slow to answer.
    hub |= dict.fromkeys(("HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"), "300")
    ours = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    return ours | hub | others
