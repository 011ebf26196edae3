"""Single numbers that are out of range or no numbers."""

import numpy as np
import pytest

from keras_drnet.checks.numbers import check_count, check_number
from keras_drnet.errors import InputError


@pytest.mark.parametrize("value", [1, 7, np.int64(2), 10**20])
def test_counts(value):
    check_count(value, "steps")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0, "steps is 0; expected at least 1"),
        (-3, "steps is -3; expected at least 1"),
        (2.0, r"steps is 2\.0; expected a whole number"),
        (True, "steps is True; expected a whole number"),
        ("2", "steps is '2'; expected a whole number"),
        (None, "steps is None; expected a whole number"),
    ],
)
def test_what_is_no_count(value, message):
    with pytest.raises(InputError, match=message):
        check_count(value, "steps")


@pytest.mark.parametrize("value", [0, 0.5, np.float32(0.25), 1 - 1e-9])
def test_numbers(value):
    check_number(value, "share", least=0, below=1)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-0.1, "share is -0.1; expected a finite number, 0 or above, below 1"),
        (1.0, "share is 1.0; expected a finite number, 0 or above, below 1"),
        (np.nan, "share is nan; expected a finite number"),
        (np.inf, "share is inf; expected a finite number"),
        ("0.5", "share is '0.5'; expected a number"),
        (False, "share is False; expected a number"),
    ],
)
def test_what_is_no_number_in_range(value, message):
    with pytest.raises(InputError, match=message):
        check_number(value, "share", least=0, below=1)


def test_without_bounds_any_finite_number_will_do():
    check_number(-1e300, "share")
    with pytest.raises(InputError, match=r"share is -inf; expected a finite number\.$"):
        check_number(-np.inf, "share")
