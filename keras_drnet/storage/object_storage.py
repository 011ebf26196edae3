"""Object storage: `s3://bucket/key` paths, read and written by `tf.io.gfile`.

TensorFlow itself supports local files only. tensorflow-io adds Amazon S3 and
compatible services; it is an optional extra, loaded when the first such path is used.
It is configured by environment variables: `S3_ENDPOINT` for services other than
Amazon's, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.

Differences from a disk: a folder without files does not exist (`makedirs` has no
effect, `listdir` raises), a rename copies, and paths stay strings, because
`pathlib.Path("s3://bucket/key")` drops a slash.
"""

import atexit
import ctypes
import functools
import os
import sys

from keras_drnet.errors import InputError

StrPath = str | os.PathLike[str]


def require_filesystem(path: StrPath) -> None:
    """Enable `tf.io.gfile` to open a path; call it before the first use.

    It does nothing for a local path. Every process must call it: worker processes do
    not inherit what their parent has loaded.

    Args:
        path: a local path, or a string `"s3://bucket/key"`.

    Raises:
        InputError: the path has another scheme, or tensorflow-io does not load.
    """
    scheme, separator, _ = os.fspath(path).partition("://")
    if not separator:
        return
    if scheme != "s3":
        raise InputError(
            f"Cannot open {path}: {scheme}:// is not supported; expected a local path "
            "or s3://bucket/key."
        )
    _load_s3()


@functools.cache
def _load_s3() -> None:
    _name_endpoint()
    try:
        import tensorflow_io  # noqa: F401  Importing it registers s3://.

        # With a TensorFlow that it was not built for, the import only warns.
        from tensorflow.io import gfile

        loaded = "s3" in gfile.get_registered_schemes()
    except ImportError:
        loaded = False
    if not loaded:
        raise InputError(
            "s3:// paths need tensorflow-io, which does not load here; expected "
            "tensorflow-io 0.37.1 with TensorFlow 2.17, on Python 3.11. Install "
            "these, or use a local path."
        )
    if sys.platform == "linux":
        atexit.register(_skip_native_cleanup)


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
