"""Fairness metrics: gaps between the rates of a classifier in several groups.

Predictions and targets are `[N]`, 0 or 1, and groups are ints `[N]`, or `[N, A]` for
several attributes, whose combinations are then the groups. A gap is in [0, 1]: the
highest rate of a group less the lowest, for two groups the absolute difference. Groups
without an example for a rate are left out.
"""

import numpy as np


def parity_gap(predicted, group):
    """Return the gap of `P(predicted = 1)`: 0 is demographic parity."""
    return _rate_gap(predicted, group, np.full(np.shape(predicted), True))


def false_positive_gap(predicted, target, group):
    """Return the gap of `P(predicted = 1 | target = 0)`."""
    return _rate_gap(predicted, group, np.equal(target, 0))


def true_positive_gap(predicted, target, group):
    """Return the gap of `P(predicted = 1 | target = 1)`: 0 is equal opportunity.

    That of false negatives is the same. With no gap of false positives either, it is
    equality of odds (Hardt, Price & Srebro, *Equality of Opportunity in Supervised
    Learning*, NIPS 2016).
    """
    return _rate_gap(predicted, group, np.equal(target, 1))


def fairness(predicted, target, group):
    """Return a dict of `accuracy`, `parity_gap`, `fpr_gap`, `fnr_gap`, `tpr_gap`."""
    tpr_gap = true_positive_gap(predicted, target, group)
    return {
        "accuracy": float(np.mean(np.equal(predicted, target))),
        "parity_gap": parity_gap(predicted, group),
        "fpr_gap": false_positive_gap(predicted, target, group),
        "fnr_gap": tpr_gap,
        "tpr_gap": tpr_gap,
    }


def _rate_gap(predicted, group, chosen):
    predicted, group = np.asarray(predicted)[chosen], np.asarray(group)[chosen]
    if not len(predicted):
        return 0.0
    groups, index = np.unique(group, axis=0, return_inverse=True)
    index = np.ravel(index)
    rates = np.bincount(index, predicted, len(groups)) / np.bincount(index)
    return float(np.ptp(rates))
