"""Dtype policy that suits the machine."""

import pathlib

import keras

from keras_drnet.errors import InputError

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")
# Names in /proc/cpuinfo of instructions that multiply bfloat16.
BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16"}


def resolve_precision(precision: str) -> str:
    """Return the Keras dtype policy for `precision`.

    Args:
        precision: `"float32"`, `"mixed_bfloat16"`, `"mixed_float16"`, or `"auto"`:
            mixed_float16 on a GPU, mixed_bfloat16 on a CPU with bfloat16
            instructions, float32 otherwise.

    Raises:
        InputError: the name is unknown.
    """
    if precision in POLICIES:
        return precision
    if precision != "auto":
        raise InputError(
            f"Unknown precision {precision!r}; expected 'auto' or one of "
            f"{list(POLICIES)}."
        )
    if any(device.startswith("gpu") for device in keras.distribution.list_devices()):
        return "mixed_float16"
    return "mixed_bfloat16" if _cpu_has_bfloat16() else "float32"


def _cpu_has_bfloat16() -> bool:
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii")
    except OSError:
        return False
    return not BFLOAT16_FLAGS.isdisjoint(text.split())
