"""Tables between markers: found, replaced, compared; markers without a partner."""

import pytest

from keras_drnet.errors import InputError
from keras_drnet.reporting import marked_tables

TEXT = """# Title
<!-- begin table: one -->
| a |
<!-- end table -->
Text.
<!-- begin table: two -->
<!-- end table -->
"""
TABLES = {"one": lambda: "| 1 |", "two": lambda: "| 2 |\n| 3 |"}


def test_tables_are_replaced_and_the_rest_stays():
    assert marked_tables.replace(TEXT, TABLES) == TEXT.replace(
        "| a |", "| 1 |"
    ).replace("two -->\n", "two -->\n| 2 |\n| 3 |\n")


def test_split_gives_names_and_all_of_the_text():
    parts = marked_tables.split(TEXT)
    assert "".join(text for _, text in parts) == TEXT
    assert [(name, text) for name, text in parts if name] == [
        ("one", "\n| a |\n"),
        ("two", "\n"),
    ]
    assert marked_tables.split("no table") == [("", "no table")]


def test_tables_that_differ_are_named():
    changed = TEXT.replace("| a |", "| b |")
    assert marked_tables.differing(TEXT, changed) == ["one"]
    assert marked_tables.differing(TEXT, TEXT) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Text.\n<!-- end table -->", "Line 2: <!-- end table --> has no partner"),
        (TEXT.replace("<!-- end table -->\nText.", ""), "Line 5: .* two .* no partner"),
        ("<!-- begin table: one -->\n| a |\n", "Table 'one' has no end"),
        ("<!-- begin table: three -->\n<!-- end table -->", "Unknown table 'three'"),
    ],
)
def test_wrong_markers_are_explained(text, message):
    with pytest.raises(InputError, match=message):
        marked_tables.replace(text, TABLES)
