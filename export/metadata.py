"""The signatures inside a `.tflite` file: a zip archive after the model.

Runtimes do not read past the model; any zip program finds the archive at the end of
the file (`unzip -p drnet.tflite signatures.json`). It also has the model's SHA-256,
since runtimes do not notice a damaged weight.
"""

import hashlib
import io
import os
import struct
import zipfile

from .signatures import MOST_CHARACTERS, SIGNATURES_FILE, Signatures

DIGEST_FILE = "model.sha256"
# What Python's zipfile raises for an archive of which nothing can be said.
_DAMAGED = (
    *(EOFError, KeyError, NotImplementedError, OSError, OverflowError, RuntimeError),
    *(struct.error, ValueError, zipfile.BadZipFile),
)


def attach(model: bytes, signatures: Signatures) -> bytes:
    """Return a model's bytes with its signatures appended."""
    digest = hashlib.sha256(model).hexdigest()
    buffer = io.BytesIO(model)
    with zipfile.ZipFile(buffer, "a") as archive:
        # `ZipInfo` has a fixed date: the same model gives the same bytes.
        archive.writestr(zipfile.ZipInfo(DIGEST_FILE), digest)
        archive.writestr(zipfile.ZipInfo(SIGNATURES_FILE), signatures.to_json())
    return buffer.getvalue()


def read(path: str | os.PathLike[str]) -> Signatures:
    """Read the signatures of a `.tflite` file and verify its model.

    The digest finds damage, not malice: whoever changes a model can change it, too.

    Raises:
        ValueError: the file was not written by `export.main`, or is damaged.
        OSError: it cannot be read.
    """
    if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):
        raise ValueError(f"{path} is a device or a pipe; expected a .tflite file.")
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                digest = _read_member(archive, DIGEST_FILE)
                text = _read_member(archive, SIGNATURES_FILE)
                end_of_model = archive.getinfo(DIGEST_FILE).header_offset
            file.seek(0)
            model = file.read(end_of_model)
        except _DAMAGED as error:
            raise ValueError(
                f"{path} has no {SIGNATURES_FILE} inside; expected a .tflite file "
                "written by export.main, whole."
            ) from error
    if hashlib.sha256(model).hexdigest() != digest:
        raise ValueError(
            f"{path} is damaged: its model does not match its SHA-256. Copy it again."
        )
    return Signatures.from_json(text)


def _read_member(archive: zipfile.ZipFile, name: str) -> str:
    """Read a text as `attach` writes it, without compression."""
    about = archive.getinfo(name)
    if about.compress_type != zipfile.ZIP_STORED or about.file_size > MOST_CHARACTERS:
        raise zipfile.BadZipFile
    return archive.read(about).decode()
