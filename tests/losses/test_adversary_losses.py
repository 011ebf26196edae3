"""Adversary losses against their closed forms."""

import math

import numpy as np
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.losses.adversary_losses import (
    absolute_error,
    cross_entropy,
    is_right,
    squared_error,
)
from keras_drnet.losses.objectives import logit_difference
from tests.support.adversarial_losses import column

LOGITS = st.floats(-20, 20)


@given(LOGITS, st.floats(0, 1))
def test_cross_entropy_of_one_logit(logit, label):
    probability = 1 / (1 + math.exp(-logit))
    expected = -label * math.log(probability) - (1 - label) * math.log1p(-probability)
    actual = float(cross_entropy(column(logit), column(label))[0])
    assert math.isclose(actual, expected, rel_tol=1e-3, abs_tol=1e-5)


def test_two_logits_equal_one_logit_of_their_difference(rng):
    logits, labels = rng.normal(size=(6, 2)), np.eye(2)[[0, 1, 1, 0, 1, 0]]
    one = np.diff(logits, axis=1), labels[:, 1:]
    for error in (cross_entropy, absolute_error, is_right):
        np.testing.assert_allclose(error(logits, labels), error(*one), atol=1e-6)
    difference = [
        logit_difference(cross_entropy, *map(tf.constant, pair))
        for pair in ((logits, labels), one)
    ]
    np.testing.assert_allclose(*difference, atol=1e-6)


def test_squared_and_absolute_error_by_hand():
    np.testing.assert_allclose(squared_error(column(3), column(1)), [4])
    np.testing.assert_allclose(
        absolute_error(column(0, math.log(3)), column(1, 0)), [0.5, 0.75], rtol=1e-6
    )
    logits = tf.math.log([[0.2, 0.3, 0.5]])
    np.testing.assert_allclose(absolute_error(logits, [[0, 0, 1]]), [0.5], rtol=1e-6)
