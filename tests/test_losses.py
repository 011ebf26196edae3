"""Losses against their closed forms, and where their gradients go."""

import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet import losses

LOGITS = st.floats(-20, 20)


def constant(value, shape=(3, 4)):
    return tf.fill(shape, float(value))


def test_similarity_is_the_mean_square():
    assert losses.similarity_loss(constant(2), constant(2)) == 0
    assert losses.similarity_loss(constant(2), constant(4)) == 4


def test_similarity_pulls_only_the_first_code():
    first, second = tf.Variable(constant(2)), tf.Variable(constant(4))
    with tf.GradientTape() as tape:
        loss = losses.similarity_loss(first, second)
    gradient, none = tape.gradient(loss, [first, second])
    np.testing.assert_allclose(gradient, 2 * (2 - 4) / 12, rtol=1e-6)
    assert none is None


def test_reconstruction_is_a_mean_so_size_does_not_matter():
    small = losses.reconstruction_loss(
        constant(0, (1, 2, 2, 1)), constant(0.5, (1, 2, 2, 1))
    )
    large = losses.reconstruction_loss(
        constant(0, (5, 8, 8, 3)), constant(0.5, (5, 8, 8, 3))
    )
    assert small == large == 0.25


def test_discriminator_without_opinion_is_at_chance():
    zero = constant(0, (6, 1))
    assert math.isclose(
        losses.scene_discriminator_loss(zero, zero), math.log(2), rel_tol=1e-6
    )
    assert losses.scene_accuracy(zero, zero) == 0.5


def test_label_one_is_same_clip():
    high, low = constant(9, (6, 1)), constant(-9, (6, 1))
    assert losses.scene_discriminator_loss(high, low) < 1e-3
    assert losses.scene_discriminator_loss(low, high) > 8
    assert losses.scene_accuracy(high, low) == 1
    assert losses.scene_accuracy(low, high) == 0


@given(LOGITS)
def test_adversarial_loss_is_the_cross_entropy_to_one_half(logit):
    probability = 1 / (1 + math.exp(-logit))
    expected = -0.5 * (math.log(probability) + math.log1p(-probability))
    actual = float(losses.adversarial_loss(constant(logit, (1, 1))))
    assert math.isclose(actual, expected, rel_tol=1e-4)
    assert actual >= math.log(2) - 1e-6


@given(LOGITS.filter(lambda x: abs(x) > 1e-2))
def test_adversarial_gradient_leads_to_indecision(logit):
    variable = tf.Variable(constant(logit, (1, 1)))
    with tf.GradientTape() as tape:
        loss = losses.adversarial_loss(variable)
    gradient = float(tape.gradient(loss, variable)[0, 0])
    assert math.isclose(gradient, 1 / (1 + math.exp(-logit)) - 0.5, rel_tol=1e-3)


@pytest.mark.parametrize("logit", [-1e4, 1e4])
def test_losses_stay_finite_at_extreme_logits(logit):
    logits = constant(logit, (2, 1))
    assert np.isfinite(losses.adversarial_loss(logits))
    assert np.isfinite(losses.scene_discriminator_loss(logits, logits))


def test_pose_prediction_is_the_mean_square():
    assert (
        losses.pose_prediction_loss(constant(0.5, (2, 3, 4)), constant(-0.5, (2, 3, 4)))
        == 1
    )
