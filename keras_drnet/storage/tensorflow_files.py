"""Files that TensorFlow opens: local ones, and `s3://` with tensorflow-io."""

import tensorflow as tf

gfile = tf.io.gfile

exists = gfile.exists
listdir = gfile.listdir
makedirs = gfile.makedirs
remove = gfile.remove


def read(path: str, start: int = 0, length: int = -1) -> bytes:
    """Return the bytes of a file from `start` on; all, or at most `length`."""
    with gfile.GFile(path, "rb") as file:
        file.seek(start)
        content: bytes = file.read(length)
    return content


def size(path: str) -> int:
    """Return the length of a file, bytes."""
    length: int = gfile.stat(path).length
    return length


def upload(source: str, path: str) -> None:
    """Copy a local file to a path; a file that is there is replaced."""
    gfile.copy(source, path, overwrite=True)
