"""Files of `s3://`, with obstore; the functions are those of `local_files`.

All raise `FileNotFoundError` if there is no such file or bucket, and `OSError` for
whatever else the service refuses.
"""

import contextlib
import datetime
import functools
import os
import pathlib
from collections.abc import Iterator

from obstore.exceptions import BaseError
from obstore.store import S3Store

RETRIES = 3
RETRY_SECONDS = 30


def read(path: str, start: int = 0, length: int = -1) -> bytes:
    """Return the bytes of a file from `start` on; all, or at most `length`."""
    with _key(path) as (store, key):
        try:
            if length >= 0:
                return bytes(store.get_range(key, start=start, length=length))
            rest = store.get(key, options={"range": {"offset": start}})
            return bytes(rest.bytes())
        except FileNotFoundError:
            raise
        except BaseError:  # Also for a range that begins at the end, or later.
            if start < store.head(key)["size"]:
                raise
            return b""


def exists(path: str) -> bool:
    """Return whether there is a file, or a folder with files."""
    with _key(path) as (store, key):
        try:
            store.head(key)
            return True
        except FileNotFoundError:
            return bool(listdir(path))


def listdir(path: str) -> list[str]:
    """Return the names of files and folders in a folder."""
    with _key(path) as (store, key):
        prefix = key and f"{key.rstrip('/')}/"
        found = store.list_with_delimiter(prefix or None)
        files = [meta["path"] for meta in found["objects"]]
        return [
            name.removeprefix(prefix) for name in (*files, *found["common_prefixes"])
        ]


def makedirs(path: str) -> None:
    """Do nothing: a folder is there once it has a file."""


def remove(path: str) -> None:
    """Remove a file."""
    with _key(path) as (store, key):
        store.delete(key)


def size(path: str) -> int:
    """Return the length of a file, bytes."""
    with _key(path) as (store, key):
        return store.head(key)["size"]


def upload(source: str, path: str) -> None:
    """Copy a local file to a path; a file that is there is replaced."""
    with _key(path) as (store, key):
        store.put(key, pathlib.Path(source))


@contextlib.contextmanager
def _key(path: str) -> Iterator[tuple[S3Store, str]]:
    """Yield the store and the key of a path; in the block errors become `OSError`s."""
    bucket, _, key = path.removeprefix("s3://").partition("/")
    try:
        yield _store(bucket, os.environ.get("S3_ENDPOINT")), key
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path}: no such file or bucket") from error
    except BaseError as error:
        raise OSError(f"{path}: {str(error).partition(chr(10))[0]}") from error


@functools.cache
def _store(bucket: str, endpoint: str | None) -> S3Store:
    return S3Store(
        bucket,
        config={"endpoint": endpoint} if endpoint else {},
        client_options={"allow_http": True},
        retry_config={
            "max_retries": RETRIES,
            "retry_timeout": datetime.timedelta(seconds=RETRY_SECONDS),
        },
    )
