"""Errors that a user can fix."""

import collections
import difflib
import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
# `InputError`s that TensorFlow was given.
_kept: collections.deque["InputError"] = collections.deque(maxlen=16)
# Maps a module that few programs need to the extra of this package that installs it.
EXTRAS = {
    "apache_beam": "beam",
    "av": "video",
    "cryptography": "dask",
    "distributed": "dask",
    "huggingface_hub": "hub",
    "matplotlib": "plots",
    "mlxtend": "digits",
    "onnx": "export",
    "onnxruntime": "export",
    "tensorflow_serving": "serving",
    "tf2onnx": "export",
    "vtkmodules": "meshes",
}


class InputError(ValueError):
    """Invalid input: a flag, a file, a shape or a folder.

    The message says what happened, what was expected and what to do. The programs
    print it and exit with code 2.
    """


class TrainingError(RuntimeError):
    """Training cannot continue: a loss is not finite."""


class ExportError(RuntimeError):
    """A network cannot be converted, or its outputs differ after conversion."""


def choose(table: Mapping[str, T], name: str, kind: str) -> T:
    """Return `table[name]`.

    Raises:
        InputError: `name` is not in `table`; the message lists the valid names and
            suggests the nearest one.
    """
    if name in table:
        return table[name]
    nearest = difflib.get_close_matches(name, table, n=1, cutoff=0.4)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    raise InputError(f"Unknown {kind} {name!r}; expected one of {sorted(table)}.{hint}")


def import_extra(module: str, otherwise: str = "") -> Any:
    """Import a module of a package that an extra installs.

    Args:
        module: its name.
        otherwise: what the user can do without the package.

    Raises:
        InputError: the package is not installed; the message names the extra.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        raise InputError(
            f"The Python package {package!r}, which this needs, is not installed. "
            f"Install it with pip install 'keras-drnet[{EXTRAS[package]}]'"
            f"{otherwise and f', or {otherwise}'}."
        ) from error


def keep_input_errors(function: Callable[..., T]) -> Callable[..., T]:
    """Wrap a function that TensorFlow calls, so that its `InputError`s are kept.

    TensorFlow replaces an exception of such a function by one of its own;
    `original_input_error` finds the original again.
    """

    @functools.wraps(function)
    def keeping(*args: Any) -> T:
        try:
            return function(*args)
        except InputError as error:
            _kept.append(error)
            raise

    return keeping


def original_input_error(error: Exception) -> InputError | None:
    """Return the kept `InputError` that an error replaces, or `None`."""
    return next((kept for kept in _kept if str(kept) in str(error)), None)
