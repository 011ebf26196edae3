"""Gaps between groups, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.adversarial.metrics import fairness

TARGET = np.array([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1])
PREDICTED = np.array([1, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0])
GROUP = np.repeat([0, 1], 6)


def test_by_hand():
    assert fairness.fairness(PREDICTED, TARGET, GROUP) == pytest.approx(
        {
            "accuracy": 7 / 12,
            "parity_gap": 5 / 6 - 2 / 6,
            "fpr_gap": 2 / 2 - 1 / 4,
            "fnr_gap": 1 / 2 - 1 / 4,
            "tpr_gap": 3 / 4 - 1 / 2,
        }
    )


def test_gaps_of_a_constant_are_0_and_of_the_group_1():
    constant = fairness.fairness(np.ones(12), TARGET, GROUP)
    assert [constant[name] for name in ("parity_gap", "fpr_gap", "tpr_gap")] == [0] * 3
    group = fairness.fairness(GROUP, TARGET, GROUP)
    assert [group[name] for name in ("parity_gap", "fpr_gap", "tpr_gap")] == [1] * 3


def test_a_perfect_prediction_has_the_parity_gap_of_the_base_rates():
    perfect = fairness.fairness(TARGET, TARGET, GROUP)
    assert perfect["parity_gap"] == pytest.approx(4 / 6 - 2 / 6)
    assert (perfect["fpr_gap"], perfect["tpr_gap"], perfect["accuracy"]) == (0, 0, 1)


def test_of_several_groups_the_gap_is_from_the_highest_to_the_lowest():
    predicted = np.array([1, 1, 1, 0, 1, 0, 0, 0])
    group = np.repeat([0, 3, 7, 9], 2)
    assert fairness.parity_gap(predicted, group) == 1
    assert fairness.parity_gap(predicted[:6], group[:6]) == 0.5
    assert fairness.parity_gap(predicted[2:6], group[2:6]) == 0


def test_several_attributes_make_the_groups_together():
    """Each attribute by itself is fair; the combinations are not."""
    group = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    predicted = np.array([1, 0, 0, 1])
    assert [fairness.parity_gap(predicted, group[:, i]) for i in (0, 1)] == [0, 0]
    assert fairness.parity_gap(predicted, group) == 1


def test_groups_without_the_target_are_left_out():
    predicted, target = np.array([1, 0, 1]), np.array([1, 1, 0])
    group = np.array([0, 0, 1])
    assert fairness.true_positive_gap(predicted, target, group) == 0
    assert fairness.false_positive_gap(predicted[:2], target[:2], group[:2]) == 0


@given(st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=1, max_size=40))
def test_names_of_groups_do_not_matter_and_gaps_are_shares(people):
    predicted, target, group = np.array(people).T
    result = fairness.fairness(predicted, target, group)
    assert result == pytest.approx(fairness.fairness(predicted, target, 1 - group))
    assert all(0 <= value <= 1 for value in result.values())
