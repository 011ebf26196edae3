"""Values of nested dataclasses: read from JSON, set by dotted key, flattened."""

import dataclasses
import difflib

from keras_drnet.errors import InputError, choose


def from_dict(cls, values, prefix=""):
    """Build a dataclass from JSON values; missing keys take their defaults.

    Args:
        cls: a dataclass whose fields have defaults, some of them dataclasses.
        values: dict of their values, nested as the fields are.
        prefix: key of the whole and a dot, for errors.

    Returns:
        An instance.

    Raises:
        InputError: a key is unknown, or a value of another type than the default.
    """
    if not isinstance(values, dict):
        raise InputError(f"{prefix or 'The configuration'} is not a JSON object.")
    fields = {field.name: field for field in dataclasses.fields(cls)}
    arguments = {}
    for key, value in values.items():
        if key not in fields:
            raise InputError(_unknown_key(f"{prefix}{key}", key, fields))
        default = fields[key].default
        if dataclasses.is_dataclass(default):
            value = from_dict(type(default), value, f"{prefix}{key}.")
        elif isinstance(default, float) and type(value) is int:
            value = float(value)
        elif type(value) is not type(default):
            raise InputError(
                f"{prefix}{key} is {value!r}; expected a value of type "
                f"{type(default).__name__}."
            )
        arguments[key] = value
    return cls(**arguments)


def assign(values, path, text, full_path=""):
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


def flatten(section, prefix=""):
    """Return the values by their dotted keys, as a dict."""
    flat = {}
    for field in dataclasses.fields(section):
        value, key = getattr(section, field.name), f"{prefix}{field.name}"
        if dataclasses.is_dataclass(value):
            flat |= flatten(value, f"{key}.")
        else:
            flat[key] = value
    return flat


def _parse(text, kind, path):
    if kind is bool:
        return choose({"true": True, "false": False}, text.lower(), f"value of {path}")
    try:
        return kind(text)
    except ValueError as error:
        raise InputError(
            f"{path} is {text!r}; expected a value of type {kind.__name__}."
        ) from error


def _unknown_key(path, key, known):
    nearest = difflib.get_close_matches(key, known, n=1)
    if nearest:
        return f"Unknown key {path!r}; did you mean {nearest[0]!r}?"
    return f"Unknown key {path!r}; expected one of {sorted(known)}."
