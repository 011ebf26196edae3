"""The signatures inside a `.tflite` file: a zip archive after the model.

Runtimes do not read past the model; any zip program finds the archive at the end of
the file (`unzip -p drnet.tflite signatures.json`). It also has the model's SHA-256,
since runtimes do not notice a damaged weight.
"""

import hashlib
import io
import os
import zipfile

from .signatures import SIGNATURES_FILE, Signatures

DIGEST_FILE = "model.sha256"


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

    Raises:
        ValueError: the file was not written by `export.main`, or is damaged.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
            digest = archive.read(DIGEST_FILE).decode()
            text = archive.read(SIGNATURES_FILE).decode()
            model = file.read(archive.getinfo(DIGEST_FILE).header_offset)
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} has no {SIGNATURES_FILE} inside; expected a .tflite file written "
            "by export.main, whole."
        ) from error
    if hashlib.sha256(model).hexdigest() != digest:
        raise ValueError(
            f"{path} is damaged: its model does not match its SHA-256. Copy it again."
        )
    return Signatures.from_json(text)
