"""Checks of shapes and types, which a graph knows as well: they cost no step anything.

Arrays, tensors and nested lists will do. An axis whose size a graph does not know yet
passes every check.
"""

from typing import Any

import numpy as np

from keras_drnet.errors import InputError


def check_shape(tensor: Any, name: str, *expected: tuple[int | str, ...]) -> None:
    """Check that a shape is one of some.

    Args:
        tensor: what has the shape.
        name: what it is, for the message: an argument's name.
        *expected: for each shape that is allowed a tuple of sizes, and of names of the
            axes that may have any size: `("B", 1)`. Without one, any shape is.

    Raises:
        InputError: it is none of them.
    """
    shape = _shape(tensor)
    if shape is None or not expected or any(_match(shape, one) for one in expected):
        return
    wanted = " or ".join(f"[{', '.join(map(str, one))}]" for one in expected)
    raise InputError(f"The shape of {name} is {shape}; expected {wanted}.")


def check_same_shape(
    *, skip_batch: bool = False, hint: str = "", **tensors: Any
) -> None:
    """Check that shapes are equal, as broadcasting would hide that they are not.

    Args:
        skip_batch: whether first axes may differ.
        hint: a sentence that says what to do.
        **tensors: what has the shapes, by name.

    Raises:
        InputError: shapes differ.
    """
    shapes = {name: _shape(tensor) for name, tensor in tensors.items()}
    known = [shape[skip_batch:] for shape in shapes.values() if shape is not None]
    if not all(_match(known[0], shape) for shape in known[1:]):
        axes = " but for the first axis" if skip_batch else ""
        raise InputError(
            f"The shapes of {' and '.join(shapes)} are "
            f"{' and '.join(map(str, shapes.values()))}; expected the same"
            f"{axes}.{hint and ' ' + hint}"
        )


def check_same_length(**tensors: Any) -> None:
    """Check that first axes have one size; arguments are by name.

    Raises:
        InputError: sizes differ.
    """
    shapes = [_shape(tensor) or (None,) for tensor in tensors.values()]
    lengths = [shape[0] for shape in shapes]
    if len({length for length in lengths if length is not None}) > 1:
        raise InputError(
            f"The lengths of {' and '.join(tensors)} are "
            f"{' and '.join(map(str, lengths))}; expected the same."
        )


def check_floats(tensor: Any, name: str) -> None:
    """Check that a tensor is of floats.

    Raises:
        InputError: it is of integers, such as images of bytes.
    """
    dtype = getattr(tensor, "dtype", "float32")
    dtype = getattr(dtype, "name", dtype)
    if "float" not in dtype:
        raise InputError(
            f"The type of {name} is {dtype}; expected floats. Divide bytes by 255."
        )


def _shape(tensor: Any) -> tuple[int | None, ...] | None:
    """Return a shape, `None` for sizes that are not known yet and for no known rank."""
    shape: Any = np.shape(tensor)
    return None if getattr(shape, "rank", 0) is None else tuple(shape)


def _match(shape: tuple[int | None, ...], other: tuple[int | str | None, ...]) -> bool:
    return len(shape) == len(other) and all(
        a == b or a is None or b is None or isinstance(b, str)
        for a, b in zip(shape, other, strict=True)
    )
