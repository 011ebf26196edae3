"""UCI Adult from its files, damaged files, and generated data."""

import itertools

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from keras_drnet.data.datasets.adult import NUM_ROWS, generated_census, load_adult
from keras_drnet.errors import InputError

TRAIN = [
    "30, Private, 1, HS-grad, 9, Never-married, Sales, Wife, White, Female, 0, 8, 40, "
    "Cuba, <=50K",
    "50, ?, 2, Masters, 14, Never-married, ?, Husband, Black, Male, 100, 0, 60, "
    "Holland, >50K",
]
TEST = [
    "70, Private, 1, HS-grad, 9, Divorced, Sales, Wife, White, Male, 0, 0, 40, Cuba, "
    ">50K.",
]


def write(folder, *, train=TRAIN, test=TEST, sizes=NUM_ROWS):
    for (name, size), lines in zip(sizes.items(), (train, test), strict=True):
        text = "\n".join(itertools.islice(itertools.cycle(lines), size))
        remark = "|1x3 Cross validator\n" if name == "adult.test" else ""
        (folder / name).write_text(f"{remark}{text}\n\n")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("adult"))


# Rows take the two forms in turn.
AGES = np.resize([30, 50], NUM_ROWS["adult.data"])


def test_features_match_a_hand_computed_example(folder):
    train, test = load_adult(folder)
    assert [len(c.features) for c in (train, test)] == list(NUM_ROWS.values())
    assert train.features.dtype == np.float32
    ages = (np.array([30, 50, 70]) - AGES.mean()) / AGES.std()
    found = [train.features[0, 0], train.features[1, 0], test.features[0, 0]]
    np.testing.assert_allclose(found, ages, rtol=1e-5)
    np.testing.assert_array_equal(train.features[:2, 5:], TWO_PEOPLE)
    np.testing.assert_array_equal(test.features[0, 5:], UNKNOWN)


# By column: workclass ? and Private, education, marital-status, occupation ? and Sales,
# relationship, race, native-country.
TWO_PEOPLE = [
    [0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0],
    [1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1],
]
# Nobody in the training split is divorced.
UNKNOWN = [0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0]


def test_income_labels_lose_their_full_stop_and_groups_are_sorted(folder):
    train, test = load_adult(folder)
    np.testing.assert_array_equal(train.target[:2], [0, 1])
    np.testing.assert_array_equal(train.group[:2], [0, 1])
    assert set(test.target) == set(test.group) == {1}


def test_several_sensitive_attributes_are_left_out_of_the_features(folder):
    train, _ = load_adult(folder, sensitive=("sex", "race"))
    np.testing.assert_array_equal(train.group[:2], [[0, 1], [1, 0]])
    assert train.features.shape[1] == 16
    train, _ = load_adult(folder, sensitive="race")
    np.testing.assert_array_equal(train.group[:2], [1, 0])
    assert train.features.shape[1] == 18  # Sex is among them then.
    train, _ = load_adult(folder, in_features=True)
    assert train.features.shape[1] == 20


def test_an_unknown_attribute_is_named(tmp_path):
    with pytest.raises(InputError, match="Did you mean 'race'"):
        load_adult(tmp_path, sensitive="rase")
    with pytest.raises(InputError, match="Unknown sensitive attribute 'age'"):
        load_adult(tmp_path, sensitive="age")


def test_a_missing_file_is_named(tmp_path):
    write(tmp_path)
    (tmp_path / "adult.test").unlink()
    with pytest.raises(InputError, match="No adult.test in .* leave out the folder"):
        load_adult(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sizes": NUM_ROWS | {"adult.data": 9}}, "has 9 rows; expected 32,561"),
        ({"test": [TEST[0][:60]]}, "a row of 10 columns"),
        ({"test": [TEST[0] + ", 1"]}, "a row of 16 columns"),
        ({"train": [TRAIN[0].replace("30", "x")]}, "column age .* not a number"),
        ({"train": [TRAIN[0].replace("<=", "<")]}, r"has incomes \['<50K'\]"),
    ],
)
def test_damaged_files_are_named(tmp_path, wrong, message):
    with pytest.raises(InputError, match=f"{message}.* [Ff]etch it again"):
        load_adult(write(tmp_path, **wrong))


@pytest.mark.parametrize("content", [b"\x1f\x8b\xff\xfe", b"25, " + b"x" * 200_000])
def test_a_file_that_is_not_a_table_is_named(tmp_path, content):
    (write(tmp_path) / "adult.data").write_bytes(content)
    with pytest.raises(InputError, match="adult.data is not a table .*Fetch it again"):
        load_adult(tmp_path)


def test_generated_people_are_biased_like_adult_and_reveal_their_group():
    train, test = (generated_census(20_000, seed=seed) for seed in (0, 1))
    assert train.features.shape == (20_000, 8) and train.features.dtype == np.float32
    rates = [train.target[train.group == group].mean() for group in (0, 1)]
    np.testing.assert_allclose(rates, [0.11, 0.30], atol=0.02)
    np.testing.assert_allclose(train.group.mean(), 0.67, atol=0.01)
    for of, least in (("group", 0.9), ("target", 0.79)):
        probe = LogisticRegression().fit(train.features, getattr(train, of))
        assert probe.score(test.features, getattr(test, of)) > least
    again = generated_census(20_000)
    np.testing.assert_array_equal(again.features, train.features)
