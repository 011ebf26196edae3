"""The signatures inside a `.tflite` file: a zip archive after the model.

Runtimes do not read past the model; any zip program finds the archive at the end of
the file (`unzip -p drnet.tflite signatures.json`).
"""

import io
import zipfile

from export.signatures import SIGNATURES_FILE, Signatures


def attach(model, signatures):
    """Returns a model's bytes with its signatures behind them."""
    buffer = io.BytesIO(model)
    with zipfile.ZipFile(buffer, "a") as archive:
        # `ZipInfo` has a fixed date: the same model gives the same bytes.
        archive.writestr(zipfile.ZipInfo(SIGNATURES_FILE), signatures.to_json())
    return buffer.getvalue()


def read(path):
    """Reads the signatures of a `.tflite` file.

    Raises:
        ValueError: the file is none of ours, or is damaged.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(SIGNATURES_FILE).decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} has no {SIGNATURES_FILE} inside; expected a .tflite file written "
            "by export.main, whole."
        ) from error
    return Signatures.from_json(text)
