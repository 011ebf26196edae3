"""Atomic writes and checksums of files, on a disk or in object storage."""

import contextlib
import hashlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

from keras_drnet.errors import InputError
from keras_drnet.storage.object_storage import StrPath, filesystem

BLOCK_BYTES = 1 << 23  # Read at a time.
UNFINISHED = ".unfinished"  # Suffix of what a killed process may leave behind.


@contextlib.contextmanager
def atomic_write(path: StrPath, *, writer: str = "") -> Iterator[str]:
    """Write a file that appears at its path once it is complete, or not at all.

    Args:
        path: the file, local or `s3://`.
        writer: a name that no one else has, where several may write the file at once.

    Yields:
        The path of a temporary local file to write. If the block raises, `path` is
        left as it was.

    Raises:
        InputError: the file cannot be written, for example because the disk is full or
            a folder is in its place.
    """
    path = os.fspath(path)
    is_local = _is_local(path)
    if is_local and os.path.isdir(path):
        raise InputError(f"{path} is a folder; expected the name of a file to write.")
    put = _sync_and_rename if is_local else filesystem(path).upload
    folder = "" if is_local else tempfile.mkdtemp()
    name = f"{path}.{writer}" if writer else path
    unfinished = f"{name}{UNFINISHED}" if is_local else f"{folder}/file"
    try:
        yield unfinished
        put(unfinished, path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {_reason(error)}. Make room or choose another "
            "place, then run the same command again; finished files are kept."
        ) from error
    finally:
        if is_local:
            pathlib.Path(unfinished).unlink(missing_ok=True)
        else:
            shutil.rmtree(folder)


@contextlib.contextmanager
def atomic_folder(path: StrPath) -> Iterator[pathlib.Path]:
    """Fill a folder that appears at its path once it is complete, or not at all.

    Args:
        path: the folder, local; one that is there is replaced.

    Yields:
        The `pathlib.Path` of a temporary empty folder to fill, a sibling of `path`.
        If the block raises, `path` is left as it was.

    Raises:
        OSError: the folder cannot be written.
    """
    path = pathlib.Path(path)
    unfinished = path.with_name(f"{path.name}{UNFINISHED}")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        yield unfinished
        for written in (*unfinished.rglob("*"), unfinished):
            _sync(written)
        shutil.rmtree(path, ignore_errors=True)
        os.replace(unfinished, path)
        _sync(path.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def make_folder(path: StrPath) -> None:
    """Make a folder, local or `s3://`, and those above it.

    Raises:
        InputError: it cannot be made.
    """
    try:
        filesystem(path).makedirs(os.fspath(path))
    except OSError as error:
        raise InputError(f"{path} cannot be made: {_reason(error)}.") from error


def list_folder(path: StrPath) -> list[str]:
    """Return the sorted names of the files in a folder; none if there is no folder."""
    try:
        return sorted(filesystem(path).listdir(os.fspath(path)))
    except FileNotFoundError:
        return []


def write_text(path: StrPath, text: str, *, writer: str = "") -> None:
    """Write a text file, local or `s3://`; see `atomic_write`."""
    with atomic_write(path, writer=writer) as unfinished:
        pathlib.Path(unfinished).write_text(text, encoding="utf-8")


def read_bytes(path: StrPath) -> bytes:
    """Return the content of a file, local or `s3://`."""
    return filesystem(path).read(os.fspath(path))


def read_text(path: StrPath) -> str:
    """Return the text of a file, local or `s3://`."""
    return read_bytes(path).decode("utf-8")


def sha256(path: StrPath) -> str:
    """Return the SHA-256 of a file, local or `s3://`; "" if there is no file."""
    path = os.fspath(path)
    files = filesystem(path)
    digest, position = hashlib.sha256(), 0
    try:
        while block := files.read(path, position, BLOCK_BYTES):
            digest.update(block)
            position += len(block)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _is_local(path: str) -> bool:
    return "://" not in path


def _sync_and_rename(unfinished: str, path: str) -> None:
    _sync(unfinished)
    os.replace(unfinished, path)


def _sync(path: StrPath) -> None:
    """Wait until a local file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
