"""`signatures.json` of every format."""

import json

import pytest

from export import metadata
from export.signatures import FORMAT_VERSION, Signatures
from tests.support.paths import ROOT

OLD_BUNDLE = ROOT / "tests" / "support" / "data" / "bundle"


@pytest.fixture
def values():
    """The values of a file of format 2."""
    return json.loads((OLD_BUNDLE / "signatures.json").read_text())


def read(values):
    return Signatures.from_json(json.dumps(values))


def test_format_2_is_upgraded(values):
    assert values["format_version"] == 2
    signatures = read(values)
    assert "seed" not in signatures.functions
    prime = signatures.functions["prime"]
    assert prime.inputs["past"].shape == (None, 3, 32, 32, 3)
    assert prime.outputs.keys() == {*signatures.content, *signatures.state}
    assert signatures.prime_function == "seed"
    assert signatures.name_in_files("prime") == "seed"
    assert signatures.name_in_files("step") == "step"
    assert metadata.read(OLD_BUNDLE / "drnet.tflite").prime_function == "seed"


def test_format_1_has_no_resize(values):
    values["format_version"] = 1
    values["resize"] = "crop"
    assert read(values).resize == "crop"
    del values["resize"]
    assert read(values).resize == "squash"
    values["format_version"] = 2
    with pytest.raises(ValueError, match="not a signatures.json .*'resize'"):
        read(values)


def test_format_3_has_no_positions(values):
    values["format_version"] = 3
    values["functions"]["prime"] = values["functions"].pop("seed")
    assert read(values).positions is None
    values["format_version"] = 4
    with pytest.raises(ValueError, match="not a signatures.json .*'positions'"):
        read(values)


@pytest.mark.parametrize(
    "positions", [[], [[0]], [[0, 1, 2]], [[0, 0]], [[0, 99]], [[0, -1]], [[0, "1"]], 3]
)
def test_positions_that_a_pose_has_not_are_refused(values, positions):
    values |= {"format_version": FORMAT_VERSION, "positions": positions}
    values["functions"]["prime"] = values["functions"].pop("seed")
    with pytest.raises(ValueError, match=r"not a signatures\.json"):
        read(values)


@pytest.mark.parametrize("positions", [None, [[0, 1], [3, 2]]])
def test_what_is_written_is_read(values, positions):
    values |= {"format_version": FORMAT_VERSION, "positions": positions}
    values["functions"]["prime"] = values["functions"].pop("seed")
    signatures = read(values)
    assert signatures.prime_function == "prime"
    assert signatures == Signatures.from_json(signatures.to_json())
    assert json.loads(signatures.to_json()) == values


@pytest.mark.parametrize("version", [0, FORMAT_VERSION + 1, "1", None])
def test_other_formats_are_refused(values, version):
    values["format_version"] = version
    with pytest.raises(
        ValueError,
        match=f"has format {version}; this program reads formats 1 to 4. Use",
    ):
        read(values)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("image_size", "32"),
        ("image_size", 0),
        ("num_past", True),
        ("frame_rate", 8.0),
        ("num_channels", 4),
        ("color_order", "bgr"),
        ("resize", []),
        ("name", None),
        ("state", [1]),
    ],
)
def test_values_of_another_kind_are_refused(values, key, value):
    values[key] = value
    with pytest.raises(ValueError, match=f"not a signatures.json .*{key}"):
        read(values)


@pytest.mark.parametrize(
    "change",
    [
        {"shape": [None, -1]},
        {"shape": [1.5]},
        {"shape": 5},
        {"dtype": "resource"},
        {"range": [1, 0]},
        {"range": [0, 10**400]},
        {"range": [0]},
        {"about": 3},
        {"more": 1},
    ],
)
def test_tensors_of_another_kind_are_refused(values, change):
    values["functions"]["seed"]["inputs"]["past"] |= change
    with pytest.raises(ValueError, match=r"not a signatures\.json"):
        read(values)


def test_hostile_text_is_refused():
    for text in ("[" * 10**5, '{"format_version": ' + "9" * 5000 + "}", "{" * 10**7):
        with pytest.raises(ValueError, match=r"not a signatures\.json|has format") as e:
            Signatures.from_json(text)
        assert len(str(e.value)) < 500


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format_version": 2}', '{"format_version": 4}', '"signatures"'],
)
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match="not a signatures.json of keras_drnet"):
        Signatures.from_json(text)
