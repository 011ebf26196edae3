"""Files of named arrays (.npz), written whole and read with mistrust."""

import io
import pathlib

import numpy as np

from keras_drnet.errors import InputError

HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class DamagedFileError(ValueError):
    """A file is not what was written; the message is a phrase that says why."""


def write_arrays(path, arrays):
    """Write a dict of arrays."""
    # Built in memory: a half-written archive would raise again when it is collected.
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    pathlib.Path(path).write_bytes(buffer.getbuffer())


def read_arrays(path, shapes):
    """Read the arrays of a file, all of them and no more.

    Nothing is read whose header does not promise numbers of the shape that is expected:
    a small file may unpack to any size.

    Args:
        path: file of `write_arrays`.
        shapes: dict of the arrays' names to their shapes.

    Returns:
        A dict of arrays of finite numbers.

    Raises:
        InputError: there are other arrays, or other shapes: it was written for another
            configuration.
        DamagedFileError: the file cannot be read, or an array has values that are no
            finite numbers.
    """
    try:
        return _read(path, shapes)
    except (InputError, DamagedFileError):
        raise
    except Exception as error:  # NumPy and zipfile raise almost any on such a file.
        raise DamagedFileError(f"{path.name} cannot be read: {error!r}") from error


def _read(path, shapes):
    with np.load(path, allow_pickle=False) as file:
        unmatched = sorted({*shapes} ^ {*file.files})
        if unmatched:
            raise InputError(
                f"{path} was written for another configuration, or with loss scaling "
                f"(mixed_float16) and read without it: {unmatched[0]!r} is "
                f"{'missing there' if unmatched[0] in shapes else 'unknown here'}."
            )
        for name, shape in shapes.items():
            with file.zip.open(f"{name}.npy") as member:
                version = np.lib.format.read_magic(member)
                found, _, dtype = HEADERS[version](member)
            if dtype.kind not in "fiub":
                raise DamagedFileError(f"{name!r} of {path.name} has no numbers")
            if found != shape:
                raise InputError(
                    f"{path} was written for another configuration: {name!r} has "
                    f"shape {found} there, {shape} here."
                )
        arrays = {name: file[name] for name in shapes}
    for name, array in arrays.items():
        if not np.all(np.isfinite(array)):
            raise DamagedFileError(
                f"{name!r} of {path.name} has values that are no finite numbers"
            )
    return arrays
