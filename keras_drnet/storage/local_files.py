"""Files of this machine; the interface of `object_storage.FileSystem`."""

import os
import pathlib
import shutil


def read(path: str, start: int = 0, length: int = -1) -> bytes:
    """Return the bytes of a file from `start` on; all, or at most `length`."""
    with open(path, "rb") as file:
        file.seek(start)
        return file.read(length)


def exists(path: str) -> bool:
    """Return whether there is a file, or a folder."""
    return os.path.exists(path)


def listdir(path: str) -> list[str]:
    """Return the names of files and folders in a folder."""
    return os.listdir(path)


def makedirs(path: str) -> None:
    """Make a folder and those above it, where they are not there."""
    pathlib.Path(path).mkdir(parents=True, exist_ok=True)


def remove(path: str) -> None:
    """Remove a file."""
    pathlib.Path(path).unlink()


def size(path: str) -> int:
    """Return the length of a file, bytes."""
    return pathlib.Path(path).stat().st_size


def upload(source: str, path: str) -> None:
    """Copy a file to a path; a file that is there is replaced."""
    shutil.copyfile(source, path)
