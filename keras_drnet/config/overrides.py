"""Values of nested dataclasses: read from JSON, set by dotted key, flattened."""

import dataclasses
import difflib
import os
import pathlib
import types
import typing
from collections.abc import Collection, Iterator
from typing import Any, TypeVar, cast

import yaml

from keras_drnet.errors import InputError, choose

T = TypeVar("T")


def from_dict(
    cls: type[T],
    values: Any,
    *,
    whole: str = "The configuration",
    ignore_unknown: bool = False,
) -> T:
    """Build a dataclass from JSON values; missing keys take their defaults.

    Args:
        cls: a dataclass. Its fields are numbers, strings and dataclasses, and lists,
            tuples, dicts and optionals of them.
        values: dict of their values, nested as the fields are.
        whole: what the values are, for errors.
        ignore_unknown: whether to leave out keys that are no field of the dataclass.

    Returns:
        An instance.

    Raises:
        InputError: a key is unknown, one without a default is missing, or a value is of
            another type than its field.
    """
    return _Reader(whole, ignore_unknown).read_section(cls, values, "")


@dataclasses.dataclass(frozen=True)
class _Reader:
    """Values of JSON, checked against the types of fields.

    Attributes:
        whole: as of `from_dict`.
        ignore_unknown: as of `from_dict`.
    """

    whole: str
    ignore_unknown: bool

    def read_section(self, cls: type[T], values: Any, path: str) -> T:
        self._check_kind(values, dict, path)
        fields = {field.name: field for field in dataclasses.fields(cast(Any, cls))}
        unknown = [key for key in values if key not in fields]
        if unknown and not self.ignore_unknown:
            raise InputError(_unknown_key(_join(path, unknown[0]), unknown[0], fields))
        for name, field in fields.items():
            if name not in values and _is_required(field):
                raise InputError(f"{path or self.whole} has no {name!r}.")
        kinds = typing.get_type_hints(cls)
        return cls(
            **{
                name: self._read(kinds[name], values[name], _join(path, name))
                for name in fields
                if name in values
            }
        )

    def _read(self, kind: Any, value: Any, path: str) -> Any:
        if dataclasses.is_dataclass(kind):
            return self.read_section(cast(type, kind), value, path)
        outer, inner = typing.get_origin(kind), typing.get_args(kind)
        if outer is types.UnionType:  # `kind | None`.
            return None if value is None else self._read(inner[0], value, path)
        if outer is dict:
            self._check_kind(value, dict, path)
            return {
                key: self._read(inner[1], one, _join(path, key))
                for key, one in value.items()
            }
        if outer in (list, tuple):
            self._check_kind(value, list, path)
            kinds = inner * len(value) if outer is list else inner
            if len(kinds) != len(value):
                raise InputError(
                    f"{path} has {len(value)} values; expected {len(kinds)}."
                )
            return outer(
                self._read(one, value[i], f"{path}[{i}]") for i, one in enumerate(kinds)
            )
        if kind is float and type(value) is int:
            return float(value)
        if type(value) is not kind:
            raise InputError(
                f"{path} is {value!r}; expected a value of type {kind.__name__}."
            )
        return value

    def _check_kind(self, value: Any, kind: type, path: str) -> None:
        if not isinstance(value, kind):
            name = "object" if kind is dict else "array"
            raise InputError(f"{path or self.whole} is not a JSON {name}.")


def assign(values: dict[str, Any], path: str, text: str, full_path: str = "") -> None:
    """Set one of the values that `dataclasses.asdict` returned.

    Args:
        values: dict of values and, for sections, of such dicts.
        path: key of the value, dotted: `drnet.learning_rate`.
        text: the value as text, read as the type of the one that it replaces.
        full_path: key in the whole, for errors; default: `path`.

    Raises:
        InputError: no such key (the nearest one is named), a section or no value of
            that type.
    """
    full_path = full_path or path
    key, dot, rest = path.partition(".")
    if key not in values:
        raise InputError(_unknown_key(full_path, key, values))
    is_section = isinstance(values[key], dict)
    if is_section != bool(dot):
        known = "a section" if is_section else "a single value"
        raise InputError(
            f"Override {full_path!r}: {key!r} is {known}; expected section.key=value."
        )
    if is_section:
        assign(values[key], rest, text, full_path)
    else:
        values[key] = _parse(text, type(values[key]), full_path)


def read_overrides(path: str | os.PathLike[str]) -> list[str]:
    """Read a YAML file of sections, such as `drnet: {learning_rate: 1e-3}`.

    Returns:
        Its values as overrides, strings `section.key=value`. All are read as text: it
        is the configuration that knows their types.

    Raises:
        InputError: the file cannot be read, or is not made of keys and single values.
    """
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8")
        values = yaml.load(text, Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"Cannot read the configuration {path}: {reason}") from error
    return list(_leaves(values, path, ""))


def _leaves(values: Any, file: Any, path: str) -> Iterator[str]:
    if isinstance(values, str) and path:
        yield f"{path}={values}"
    elif isinstance(values, dict):
        for key, value in values.items():
            yield from _leaves(value, file, _join(path, key))
    else:
        raise InputError(
            f"{file}: {path or 'the whole'} is not a section or a single value; "
            "expected lines such as\ndrnet:\n  learning_rate: 0.001"
        )


def flatten(section: Any, prefix: str = "") -> dict[str, Any]:
    """Return the values by their dotted keys, as a dict."""
    flat: dict[str, Any] = {}
    for field in dataclasses.fields(section):
        value, key = getattr(section, field.name), f"{prefix}{field.name}"
        if dataclasses.is_dataclass(value):
            flat |= flatten(value, f"{key}.")
        else:
            flat[key] = value
    return flat


def _parse(text: str, kind: type, path: str) -> Any:
    if kind is bool:
        return choose({"true": True, "false": False}, text.lower(), f"value of {path}")
    if kind is str:
        return os.path.expanduser(text)  # All that begin with ~ are paths.
    try:
        return kind(text)
    except ValueError as error:
        raise InputError(
            f"{path} is {text!r}; expected a value of type {kind.__name__}."
        ) from error


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _unknown_key(path: str, key: str, known: Collection[str]) -> str:
    nearest = difflib.get_close_matches(key, known, n=1)
    if nearest:
        return f"Unknown key {path!r}; did you mean {nearest[0]!r}?"
    return f"Unknown key {path!r}; expected one of {sorted(known)}."
