"""The text of JSON files: the values survive, and lines are few."""

import json

from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.storage import json_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
)


@given(values=st.dictionaries(st.text(), VALUES))
def test_values_survive(values):
    assert json.loads(json_text.dumps(values)) == values


def test_lists_and_objects_of_numbers_have_a_line_each():
    values = {"a": {"b": [1.5, [2, 3]], "c": {"d": 1, "e": None}}, "f": {}}
    assert json_text.dumps(values).splitlines() == [
        "{",
        '  "a": {',
        '    "b": [1.5, [2, 3]],',
        '    "c": {"d": 1, "e": null}',
        "  },",
        '  "f": {}',
        "}",
    ]
