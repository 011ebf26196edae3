"""Files that are there whole or not at all, on a disk or in object storage."""

import contextlib
import hashlib
import os
import pathlib
import shutil
import tempfile

import tensorflow as tf

from keras_drnet.errors import InputError
from keras_drnet.storage.object_storage import require_filesystem


@contextlib.contextmanager
def aside(path):
    """Give a local file to write; it takes its place once it is complete.

    Args:
        path: where the file is to be, local or `s3://`.

    Yields:
        The path of the file to write. If the block raises, nothing is at `path` that
        was not there before.

    Raises:
        InputError: the file cannot be written, for example because the disk is full.
    """
    require_filesystem(path)
    is_local = "://" not in path
    folder = None if is_local else tempfile.mkdtemp()
    partial = f"{path}.partial" if is_local else f"{folder}/partial"
    try:
        yield partial
        if is_local:
            os.replace(partial, path)
        else:
            tf.io.gfile.copy(partial, path, overwrite=True)
    except (OSError, tf.errors.OpError) as error:
        raise InputError(
            f"{path} cannot be written: {_reason(error)}. Make room or choose another "
            "place, then run the same again; what is finished stays."
        ) from error
    finally:
        if is_local:
            pathlib.Path(partial).unlink(missing_ok=True)
        else:
            shutil.rmtree(folder)


def make_folder(path):
    """Make a folder, local or `s3://`, and those above it.

    Raises:
        InputError: it cannot be made.
    """
    require_filesystem(path)
    try:
        tf.io.gfile.makedirs(path)
    except tf.errors.OpError as error:
        raise InputError(f"{path} cannot be made: {_reason(error)}.") from error


def list_folder(path):
    """Return the sorted names of the files in a folder, none where it is not there."""
    try:
        return sorted(tf.io.gfile.listdir(path))
    except tf.errors.NotFoundError:
        return []


def write_text(path, text):
    """Write a text file, local or `s3://`; see `aside`."""
    with aside(path) as partial:
        pathlib.Path(partial).write_text(text, encoding="utf-8")


def read_text(path):
    """Read a text file, local or `s3://`."""
    with tf.io.gfile.GFile(path) as file:
        return file.read()


def sha256(path):
    """Return the SHA-256 of a file, local or `s3://`, "" where there is none."""
    require_filesystem(path)
    digest = hashlib.sha256()
    try:
        with tf.io.gfile.GFile(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except tf.errors.NotFoundError:
        return ""
    return digest.hexdigest()


def _reason(error):
    return getattr(error, "strerror", None) or getattr(error, "message", str(error))
