"""Objectives of the features: closed forms and gradients."""

import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.losses.group_labels import GroupLabels
from tests.support.adversarial_losses import column, identity_loss

LOGITS = st.floats(-20, 20)


@pytest.mark.parametrize(
    ("objective", "size"),
    [
        ("gradient_reversal", 0.018),
        ("projection", 0.018),
        ("uniform_target", 0.482),
        ("flipped_labels", 0.982),
        ("logit_difference", 1.0),
    ],
)
@pytest.mark.parametrize("label", [0, 1])
def test_gradient_where_the_adversary_is_confident_and_right(objective, size, label):
    logit = tf.Variable(column(8 * label - 4))
    loss = identity_loss(objective=objective)
    with tf.GradientTape() as tape:
        error = loss.encoder_loss(logit, group=[label])
    gradient = float(tape.gradient(error, logit)[0, 0])
    # Away from what the adversary is sure of.
    assert math.isclose(gradient, (2 * label - 1) * size, rel_tol=0.01)


@given(st.lists(LOGITS, min_size=4, max_size=4))
def test_closed_forms_for_several_groups(logits):
    log_p = np.array(logits) - np.log(np.sum(np.exp(logits)))
    odds = log_p[2] - np.log(np.maximum(-np.expm1(log_p[2]), 1e-30))
    expected = {
        "gradient_reversal": log_p[2],
        "flipped_labels": -(log_p.sum() - log_p[2]) / 3,
        "uniform_target": -log_p.mean(),
        "logit_difference": odds,
    }
    for objective, value in expected.items():
        loss = identity_loss(GroupLabels(4), objective=objective)
        actual = float(loss.encoder_loss(tf.constant([logits]), group=[2]))
        if abs(value) < 12:  # Beyond, float32 rounds 1 - p.
            assert math.isclose(actual, value, rel_tol=1e-3, abs_tol=1e-4), objective
