"""JSON from outside: what is read, and what is refused with a phrase."""

import json

import hypothesis
import hypothesis.strategies as st
import pytest

from keras_drnet.checks.json_input import parse_json
from keras_drnet.errors import InputError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@hypothesis.given(VALUES)
def test_what_json_writes_is_read(value):
    text = json.dumps(value)
    assert parse_json(text) == parse_json(text.encode()) == value


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("{", "it is not JSON"),
        ("", "it is not JSON"),
        (b"\xff\xfe{", "it is not JSON"),
        (b"\x80", "it is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("9" * 5_000, "a number has 5000 digits"),
        ("[NaN]", "NaN is not a finite number"),
        ("[-Infinity]", "-Infinity is not a finite number"),
        ("1e999", "1e999 is not a finite number"),
        ('{"a": 1, "a": 2}', "a key is there twice"),
    ],
)
def test_anything_else_is_refused(text, phrase):
    with pytest.raises(InputError, match=phrase):
        parse_json(text)


@hypothesis.given(st.binary())
def test_any_bytes_give_a_value_or_that_error(content):
    try:
        json.dumps(parse_json(content), allow_nan=False)
    except InputError as error:
        assert str(error)
