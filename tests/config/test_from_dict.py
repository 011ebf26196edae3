"""Dataclasses of JSON: kinds of fields, defaults, and what errors say."""

import dataclasses

import pytest

from keras_drnet.config.overrides import from_dict
from keras_drnet.errors import InputError


@dataclasses.dataclass(frozen=True)
class Part:
    size: float
    note: str | None = None


@dataclasses.dataclass(frozen=True)
class Whole:
    count: int
    parts: dict[str, Part]
    ends: list[tuple[float, float]] = dataclasses.field(default_factory=list)


VALUES = {"count": 2, "parts": {"a": {"size": 1}}, "ends": [[0, 1.5]]}


def test_fields_of_all_kinds_are_read():
    whole = from_dict(Whole, VALUES)
    assert whole == Whole(2, {"a": Part(1.0)}, [(0.0, 1.5)])
    assert type(whole.parts["a"].size) is float
    with_note = VALUES | {"parts": {"a": {"size": 1.0, "note": "x"}}}
    assert from_dict(Whole, with_note).parts["a"].note == "x"
    assert from_dict(Whole, {"count": 0, "parts": {}}) == Whole(0, {})


def test_unknown_keys_are_ignored_where_that_is_asked():
    values = VALUES | {"part": 3}
    with pytest.raises(InputError, match="Unknown key 'part'; did you mean 'parts'"):
        from_dict(Whole, values)
    assert from_dict(Whole, values, ignore_unknown=True) == from_dict(Whole, VALUES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": True}, "^count is True; expected a value of type int"),
        ({"count": 1.0}, "^count is 1.0; expected a value of type int"),
        ({"parts": []}, "^parts is not a JSON object"),
        ({"parts": {"a": {}}}, "^parts.a has no 'size'"),
        ({"parts": {"a": {"size": "x"}}}, "^parts.a.size is 'x'; expected .* float"),
        ({"ends": 3}, "^ends is not a JSON array"),
        ({"ends": [[0, 1], [2]]}, r"^ends\[1\] has 1 values; expected 2"),
        ({"ends": [[0, None]]}, r"^ends\[0\]\[1\] is None; expected .* float"),
    ],
)
def test_a_value_of_another_kind_is_named_by_its_path(change, message):
    with pytest.raises(InputError, match=message):
        from_dict(Whole, VALUES | change)


def test_the_whole_is_named():
    with pytest.raises(InputError, match="^the file is not a JSON object"):
        from_dict(Whole, [], whole="the file")
    with pytest.raises(InputError, match="^the file has no 'count'"):
        from_dict(Whole, {}, whole="the file")
