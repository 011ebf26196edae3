"""Choice of the frames to show in an image."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.errors import InputError
from keras_drnet.visualization.shown_steps import default_steps, parse_steps


def test_default_steps_for_kth_are_those_of_the_authors_talk():
    later = [12, 15, *range(20, 101, 10)]
    assert default_steps(10, 90) == [1, 10, *later]
    assert default_steps(5, 500)[-2:] == [450, 500]


@given(st.integers(1, 20), st.integers(1, 5000))
def test_default_steps_are_few_and_exist(num_past, num_future):
    steps = default_steps(num_past, num_future)
    assert steps == sorted(set(steps)) and len(steps) <= 18
    assert steps[0] == 1 and num_past in steps
    assert num_past < steps[-1] <= num_past + num_future


def test_steps_are_sorted_and_distinct():
    assert parse_steps(["7", "5", "7"], 3, 9) == [5, 7]
    assert parse_steps([], 3, 9) == default_steps(3, 9)


@pytest.mark.parametrize("texts", [["0", "5"], ["1", "3"], ["5", "13"], ["a"]])
def test_steps_that_do_not_exist_are_rejected(texts):
    with pytest.raises(InputError, match="frames from 1 to 12 .3 observed"):
        parse_steps(texts, 3, 9)
