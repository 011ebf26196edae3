"""The TFLite runtimes that can run a bundle, and how to load one."""

import importlib
import operator
from typing import Any

# Name of a runtime to its module and the class in it, in the order of preference:
# LiteRT has fast int8 kernels, tflite-runtime 2.14 has not.
RUNTIMES = {
    "ai_edge_litert": ("ai_edge_litert.interpreter", "Interpreter"),
    "tflite_runtime": ("tflite_runtime.interpreter", "Interpreter"),
    "tensorflow": ("tensorflow", "lite.Interpreter"),
}


class DeviceError(ValueError):
    """A file, a runtime or frames cannot be used; the message says what to do."""


def load_runtime(name: str | None = None) -> tuple[str, type[Any]]:
    """Import a runtime.

    Args:
        name: one of `RUNTIMES`, or `None` for the first that is installed.

    Returns:
        `(name, interpreter)`: the runtime's name and its class `Interpreter`.

    Raises:
        DeviceError: there is no such runtime, or it is not installed.
    """
    if name is not None and name not in RUNTIMES:
        raise DeviceError(
            f"Unknown runtime {name!r}; expected one of {list(RUNTIMES)}."
        )
    candidates = [name] if name else list(RUNTIMES)
    reasons = []
    for candidate in candidates:
        module, attribute = RUNTIMES[candidate]
        try:
            found = importlib.import_module(module)
            return candidate, operator.attrgetter(attribute)(found)
        except (ImportError, AttributeError) as error:
            reasons.append(str(error))
    raise DeviceError(
        f"No runtime could be loaded ({'; '.join(reasons)}); expected "
        f"{' or '.join(candidates)}: pip install {candidates[0].replace('_', '-')}."
    )
