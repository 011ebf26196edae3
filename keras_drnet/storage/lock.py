"""A folder for one process at a time."""

import contextlib
import os
import pathlib
import socket
import sys
from collections.abc import Iterator

from absl import logging

from keras_drnet.errors import InputError
from keras_drnet.storage.object_storage import StrPath

try:
    import fcntl
except ImportError:  # Not on Windows.
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def exclusive(lock_file: StrPath, folder: StrPath) -> Iterator[None]:
    """Keep other processes from writing a folder while the block runs.

    The system lets go of the lock when the process ends, however it ends; a file that a
    killed process leaves behind locks nothing. There is no lock on object storage or on
    Windows.

    Args:
        lock_file: file to make for it, in an existing folder or on object storage.
        folder: what is locked, for the message.

    Raises:
        InputError: another process holds the lock; the message names it.
    """
    if fcntl is None or "://" in os.fspath(lock_file):
        logging.info("Nothing keeps two processes from writing %s at once.", folder)
        yield
        return
    path = pathlib.Path(lock_file)
    descriptor = _acquire(path, folder)
    try:
        holder = f"process {os.getpid()} on {socket.gethostname()} ({sys.argv[0]})"
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, os.fsencode(holder), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: pathlib.Path, folder: StrPath) -> int:
    """Open and lock the file; return its descriptor."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The one before may have removed the file after this one opened it.
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BlockingIOError as error:
            holder = os.fsdecode(os.pread(descriptor, 1000, 0)) or "another process"
            os.close(descriptor)
            raise InputError(
                f"{folder} is being written by {holder}. Wait for it, end it, or "
                "choose another folder."
            ) from error
        os.close(descriptor)
