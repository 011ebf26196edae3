"""Fairness metrics: gaps between the rates of a classifier in several groups.

Predictions and targets are `[N]`, 0 or 1, and groups are ints `[N]`, or `[N, A]` for
several attributes, whose combinations are then the groups. A gap is in [0, 1]: the
highest rate of a group less the lowest, for two groups the absolute difference. Groups
without an example for a rate are left out.
"""

import numpy as np

from keras_drnet.checks.arrays import check_labels
from keras_drnet.checks.shapes import check_same_length, check_shape


def parity_gap(predicted, group):
    """Return the gap of `P(predicted = 1)`: 0 is demographic parity.

    Raises:
        InputError: a prediction is neither 0 nor 1, such as a probability, shapes do
            not fit, or there are no examples.
    """
    return _rate_gap(predicted, group)


def false_positive_gap(predicted, target, group):
    """Return the gap of `P(predicted = 1 | target = 0)`.

    Raises:
        InputError: as `parity_gap`, for targets too.
    """
    return _rate_gap(predicted, group, target, 0)


def true_positive_gap(predicted, target, group):
    """Return the gap of `P(predicted = 1 | target = 1)`: 0 is equal opportunity.

    That of false negatives is the same. With no gap of false positives either, it is
    equality of odds (Hardt, Price & Srebro, *Equality of Opportunity in Supervised
    Learning*, NIPS 2016).

    Raises:
        InputError: as `parity_gap`, for targets too.
    """
    return _rate_gap(predicted, group, target, 1)


def fairness(predicted, target, group):
    """Return a dict of `accuracy`, `parity_gap`, `fpr_gap`, `fnr_gap`, `tpr_gap`.

    Raises:
        InputError: as `parity_gap`, for targets too.
    """
    tpr_gap = true_positive_gap(predicted, target, group)
    return {
        "accuracy": float(np.mean(np.equal(predicted, target))),
        "parity_gap": parity_gap(predicted, group),
        "fpr_gap": false_positive_gap(predicted, target, group),
        "fnr_gap": tpr_gap,
        "tpr_gap": tpr_gap,
    }


def _rate_gap(predicted, group, target=None, value=None):
    """Return the gap of the rates, of all examples or of those of a target."""
    predicted = check_labels(predicted, "predicted", ("N",), num_classes=2)
    check_shape(group, "group", ("N",), ("N", "A"))
    check_same_length(predicted=predicted, group=group)
    group = np.asarray(group)
    if target is not None:
        target = check_labels(target, "target", ("N",), num_classes=2)
        check_same_length(predicted=predicted, target=target)
        predicted, group = predicted[target == value], group[target == value]
    if not len(predicted):
        return 0.0
    groups, index = np.unique(group, axis=0, return_inverse=True)
    index = np.ravel(index)
    rates = np.bincount(index, predicted, len(groups)) / np.bincount(index)
    return float(np.ptp(rates))
