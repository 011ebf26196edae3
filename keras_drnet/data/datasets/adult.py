"""UCI Adult, census data with sensitive attributes, and generated data like it.

As the makers distribute it, comma-separated without a header; see `COLUMNS`:

    adult.data      32,561 people for training
    adult.test      16,281 people for testing, below a line that begins with "|"
"""

import csv
import pathlib
from typing import NamedTuple

import numpy as np

from keras_drnet.errors import InputError, choose

COLUMNS = (
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education-num",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital-gain",
    "capital-loss",
    "hours-per-week",
    "native-country",
    "income",
)
NUMBERS = ("age", "education-num", "capital-gain", "capital-loss", "hours-per-week")
# Neither the weight of a row in the census nor the target describes a person.
CATEGORIES = tuple(
    name for name in COLUMNS if name not in (*NUMBERS, "fnlwgt", "income")
)
NUM_ROWS = {"adult.data": 32_561, "adult.test": 16_281}
INCOMES = {"<=50K": 0, ">50K": 1}


class Census(NamedTuple):
    """Features, target and sensitive groups of people.

    Attributes:
        features: float32 `[N, D]`.
        target: int32 `[N]`, 1 for a high income, else 0.
        group: int32 `[N]`, or `[N, A]` for several sensitive attributes.
    """

    features: np.ndarray
    target: np.ndarray
    group: np.ndarray


def load_adult(data_dir, *, sensitive="sex", in_features=False):
    """Load UCI Adult; the target is an income of more than 50,000 dollars a year.

    Features are one-hot categories, with missing values as a category of their own,
    and numbers standardized by mean and standard deviation of the training split.
    Categories that the training split lacks are all zeros. The weight of a row in the
    census, `fnlwgt`, is left out.

    The sensitive attribute is left out too, but other features correlate with it:
    `relationship`, with its husbands and wives, reveals most people's sex.

    Args:
        data_dir: folder of `adult.data` and `adult.test`.
        sensitive: name of a column of categories, or a tuple of names. Groups are its
            values in alphabetical order: for `"sex"` 0 is female and 1 is male; for
            `"race"` they are 0 to 4.
        in_features: whether the sensitive attribute is among the features.

    Returns:
        `(train, test)`, two `Census`; `group` is `[N]` for a single attribute.

    Raises:
        InputError: a file is missing or damaged, or an attribute is unknown.
    """
    names = (sensitive,) if isinstance(sensitive, str) else tuple(sensitive)
    for name in names:
        choose(dict.fromkeys(CATEGORIES), name, "sensitive attribute")
    train, test = (_read(pathlib.Path(data_dir) / file) for file in NUM_ROWS)
    used = [name for name in CATEGORIES if in_features or name not in names]

    def census(table):
        features = [_standardized(train[name], table[name]) for name in NUMBERS]
        features += [_one_hot(train[name], table[name]) for name in used]
        groups = np.stack(
            [np.argmax(_one_hot(train[n], table[n]), axis=1) for n in names], axis=1
        ).astype(np.int32)
        return Census(
            np.concatenate(features, axis=1).astype(np.float32),
            np.array([INCOMES[income] for income in table["income"]], np.int32),
            groups if len(names) > 1 else groups[:, 0],
        )

    return census(train), census(test)


def generated_census(num_examples, *, seed=0, num_features=8):
    """Generate people whose income depends on their group, as in Adult.

    Two in three are of group 1, in which high incomes are three times as frequent.
    The group is not a feature but can be predicted from them: half of the features
    depend on merit, which decides the income and depends weakly on the group, and half
    on the group.

    Args:
        num_examples: number of people, N.
        seed: seed of all draws.
        num_features: number of features, D, at least 2.

    Returns:
        A `Census`.
    """
    rng = np.random.default_rng(seed)
    group = (rng.random(num_examples) < 0.67).astype(np.int32)
    side = 2.0 * group - 1.0
    merit = rng.normal(size=num_examples) + 0.3 * side
    features = rng.normal(size=(num_examples, num_features))
    half = num_features // 2
    features[:, :half] += merit[:, None]
    features[:, half:] += 0.7 * side[:, None]
    score = 1.5 * merit + 0.3 * side - 2.0
    target = rng.random(num_examples) < 1.0 / (1.0 + np.exp(-score))
    return Census(features.astype(np.float32), target.astype(np.int32), group)


def _read(path):
    """Return the columns of a file, by name."""
    if not path.is_file():
        raise InputError(
            f"No {path.name} in {path.parent}; expected adult.data and adult.test of "
            "https://archive.ics.uci.edu/dataset/2/adult. Put them there, or leave out "
            "the folder to use generated data."
        )
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file, skipinitialspace=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is not a table ({error}). Fetch it again.") from error
    # The test split begins with a comment, and both may end in an empty line.
    rows = [line for line in lines if line and not line[0].startswith("|")]
    for row in rows:
        if len(row) != len(COLUMNS):
            raise InputError(
                f"{path} has a row of {len(row)} columns, {row}; expected "
                f"{len(COLUMNS)}. Fetch it again."
            )
    if len(rows) != NUM_ROWS[path.name]:
        raise InputError(
            f"{path} has {len(rows):,} rows; expected {NUM_ROWS[path.name]:,}. Fetch "
            "it again: it may be cut short."
        )
    table = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    # Labels of the test split end in a full stop.
    table["income"] = [income.rstrip(".") for income in table["income"]]
    try:
        for name in NUMBERS:
            table[name] = np.array(table[name], np.float64)
    except ValueError as error:
        raise InputError(
            f"The column {name} of {path} has a value that is not a number: {error}. "
            "Fetch it again."
        ) from error
    unknown = set(table["income"]) - set(INCOMES)
    if unknown:
        raise InputError(
            f"{path} has incomes {sorted(unknown)}; expected {list(INCOMES)}. Fetch it "
            "again."
        )
    return table


def _standardized(train_values, values):
    return ((values - train_values.mean()) / train_values.std())[:, None]


def _one_hot(train_values, values):
    return np.equal.outer(np.array(values), np.unique(train_values))
