"""Files that TensorFlow opens: `s3://` with tensorflow-io.

All raise `FileNotFoundError` if there is no such file or bucket, and `OSError`
for whatever else the system or the service refuses.
"""

import contextlib
from collections.abc import Iterator

import tensorflow as tf

gfile = tf.io.gfile


def read(path: str, start: int = 0, length: int = -1) -> bytes:
    """Return the bytes of a file from `start` on; all, or at most `length`."""
    with os_errors(), gfile.GFile(path, "rb") as file:
        file.seek(start)
        content: bytes = file.read(length)
    return content


def exists(path: str) -> bool:
    """Return whether there is a file, or a folder."""
    with os_errors():
        found: bool = gfile.exists(path)
    return found


def listdir(path: str) -> list[str]:
    """Return the names of files and folders in a folder."""
    with os_errors():
        names: list[str] = gfile.listdir(path)
    return names


def makedirs(path: str) -> None:
    """Make a folder and those above it, where they are not there."""
    with os_errors():
        gfile.makedirs(path)


def remove(path: str) -> None:
    """Remove a file."""
    with os_errors():
        gfile.remove(path)


def size(path: str) -> int:
    """Return the length of a file, bytes."""
    with os_errors():
        length: int = gfile.stat(path).length
    return length


def upload(source: str, path: str) -> None:
    """Copy a local file to a path; a file that is there is replaced."""
    with os_errors():
        gfile.copy(source, path, overwrite=True)


@contextlib.contextmanager
def os_errors() -> Iterator[None]:
    """Raise TensorFlow's errors as those of the operating system."""
    try:
        yield
    except tf.errors.NotFoundError as error:
        raise FileNotFoundError(error.message) from error
    except tf.errors.OpError as error:
        raise OSError(error.message) from error
