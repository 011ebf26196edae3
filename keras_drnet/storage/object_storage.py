"""Object storage: files at `s3://bucket/key`, of Amazon or a compatible service.

Where tensorflow-io loads, TensorFlow itself reads and writes them; elsewhere obstore
does. Both are an optional extra, loaded when the first such path is used, and are
configured by environment variables: `S3_ENDPOINT` for services other than Amazon's,
`AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.

Differences from a disk: a folder without files does not exist (`makedirs` has no
effect), a rename copies, and paths stay strings, because
`pathlib.Path("s3://bucket/key")` drops a slash.
"""

import atexit
import ctypes
import functools
import os
import sys
from typing import Protocol

from keras_drnet.errors import InputError
from keras_drnet.storage import local_files

StrPath = str | os.PathLike[str]


class FileSystem(Protocol):
    """What a module offers that reads and writes files: see `local_files`."""

    def read(self, path: str, start: int = 0, length: int = -1) -> bytes: ...
    def exists(self, path: str) -> bool: ...
    def listdir(self, path: str) -> list[str]: ...
    def makedirs(self, path: str) -> None: ...
    def remove(self, path: str) -> None: ...
    def size(self, path: str) -> int: ...
    def upload(self, source: str, path: str) -> None: ...


def filesystem(path: StrPath) -> FileSystem:
    """Return the module that reads and writes files at a path.

    Args:
        path: a local path, or a string `"s3://bucket/key"`.

    Raises:
        InputError: the path has another scheme, or no package for S3 loads.
    """
    scheme, separator, _ = os.fspath(path).partition("://")
    if not separator:
        return local_files
    if scheme != "s3":
        raise InputError(
            f"Cannot open {path}: {scheme}:// is not supported; expected a local path "
            "or s3://bucket/key."
        )
    return _s3()


@functools.cache
def _s3() -> FileSystem:
    _name_endpoint()
    if _load_tensorflow_io():
        return _tensorflow_files()
    try:
        from keras_drnet.storage import obstore_files
    except ImportError as error:
        raise InputError(
            "s3:// paths need obstore or, with TensorFlow 2.17 on Python 3.11, "
            f"tensorflow-io; none loads here ({error}). Install them with pip install "
            "'keras-drnet[s3]', or use a local path."
        ) from error
    return obstore_files


def _tensorflow_files() -> FileSystem:
    from keras_drnet.storage import tensorflow_files

    return tensorflow_files


def _load_tensorflow_io() -> bool:
    try:
        import tensorflow_io  # noqa: F401  Importing it registers s3://.

        # With a TensorFlow that it was not built for, the import only warns.
        from tensorflow.io import gfile

        loaded = "s3" in gfile.get_registered_schemes()
    except ImportError:
        return False
    if loaded and sys.platform == "linux":
        atexit.register(_skip_native_cleanup)
    return loaded


def _name_endpoint() -> None:
    """Set `S3_ENDPOINT` from the variables that AWS's own tools read.

    tensorflow-io ignores them: it would try Amazon for a minute, then report that the
    file does not exist.
    """
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if name in os.environ:
            os.environ.setdefault("S3_ENDPOINT", os.environ[name])


def _skip_native_cleanup() -> None:
    """Keep the S3 client from aborting the process at exit.

    Its static objects are destroyed in an order that ends in "pure virtual method
    called" and exit code 134. C calls the exit handler that was registered last first,
    with the exit code: `_exit` there ends the process before any of them is destroyed.
    Python has by then run its own exit handlers and flushed its buffers, so nothing
    else is lost; the exit code is kept, also after an exception.
    """
    c_library = ctypes.CDLL(None)
    c_library.fflush(None)
    c_library.on_exit(c_library._exit, None)
