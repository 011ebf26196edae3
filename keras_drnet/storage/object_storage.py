"""Object storage: `s3://bucket/key` paths, read and written by `tf.io.gfile`.

TensorFlow itself knows local files. tensorflow-io adds Amazon S3 and the many
services that speak its protocol; it is an optional extra, loaded only once a path
asks for it. The environment says where and who: `S3_ENDPOINT` for services other
than Amazon's, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.

What differs from a disk: a folder without files is not there (`makedirs` leaves no
trace, `listdir` raises), a rename copies, and paths stay strings, since
`pathlib.Path("s3://bucket/key")` drops a slash.
"""

import atexit
import ctypes
import functools
import os
import sys

from keras_drnet.errors import InputError


def require_filesystem(path):
    """Make `tf.io.gfile` able to open a path; call it before the first use.

    Costs nothing for a local path. In each process anew: worker processes do not
    inherit what their parent loaded.

    Args:
        path: a local path, or a string `"s3://bucket/key"`.

    Raises:
        InputError: the path has another scheme, or tensorflow-io is not there.
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
def _load_s3():
    _name_endpoint()
    try:
        import tensorflow_io  # noqa: F401  Registers s3:// as it is imported.

        # Beside a TensorFlow that it was not built for, the import only warns.
        from tensorflow.io import gfile

        loaded = "s3" in gfile.get_registered_schemes()
    except ImportError:
        loaded = False
    if not loaded:
        raise InputError(
            "s3:// paths need tensorflow-io, which does not load here; expected "
            "tensorflow-io 0.37.1 beside TensorFlow 2.17, on Python 3.11. Install "
            "these, or use a local path."
        )
    if sys.platform == "linux":
        atexit.register(_skip_native_cleanup)


def _name_endpoint():
    """Take the endpoint from where AWS's own tools look for it.

    tensorflow-io does not: it would try Amazon for a minute, then report that no
    file exists.
    """
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if name in os.environ:
            os.environ.setdefault("S3_ENDPOINT", os.environ[name])


def _skip_native_cleanup():
    """Keep the S3 client from aborting the process once all is done.

    Its static objects are destroyed in an order that ends in "pure virtual method
    called" and exit code 134. C's exit calls the handler that was registered last
    first, with the exit code: `_exit` there ends the process before any of them is
    destroyed. As Python has by then run its own exit handlers and written what was
    buffered, nothing else is lost; the exit code stays, also after an exception.
    """
    c_library = ctypes.CDLL(None)
    c_library.fflush(None)
    c_library.on_exit(c_library._exit, None)
