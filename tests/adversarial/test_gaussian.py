"""Gaussians by their parameters: divergence, draws, gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.integrate import quad
from scipy.stats import norm

from keras_drnet.adversarial.distributions import gaussian


@pytest.mark.parametrize(("mean", "log_variance"), [(0.7, -1.0), (-2.0, 0.5)])
def test_divergence_is_the_integral(mean, log_variance):
    q = norm(mean, np.exp(log_variance / 2))
    expected, _ = quad(
        lambda z: q.pdf(z) * (q.logpdf(z) - norm.logpdf(z)), mean - 12, mean + 12
    )
    # Of two elements that are alike it is twice that of one.
    parameters = np.float32([[mean, mean, log_variance, log_variance]])
    actual = gaussian.divergence_from_normal(parameters)
    np.testing.assert_allclose(actual, [2 * expected], rtol=1e-5)


def test_divergence_of_the_normal_itself_is_zero_and_float32():
    actual = gaussian.divergence_from_normal(tf.zeros((3, 8), "bfloat16"))
    assert actual.dtype == "float32"
    np.testing.assert_array_equal(actual, np.zeros(3))


def test_draws_have_means_and_variances():
    parameters = np.tile(np.float32([[1.0, -3.0, 0.0, 2.0]]), (40_000, 1))
    codes = np.array(gaussian.draw(parameters, seed=0))
    np.testing.assert_allclose(codes.mean(axis=0), [1.0, -3.0], atol=0.05)
    np.testing.assert_allclose(codes.var(axis=0), np.exp([0.0, 2.0]), rtol=0.03)
    assert abs(np.corrcoef(codes.T)[0, 1]) < 0.02


def test_draws_depend_on_the_seed_alone():
    parameters = np.zeros((5, 4), np.float32)
    keras.utils.set_random_seed(1)
    first = gaussian.draw(parameters, seed=3)
    np.testing.assert_array_equal(first, gaussian.draw(parameters, seed=3))
    assert not np.array_equal(first, gaussian.draw(parameters))


def test_gradients_reach_means_and_variances():
    parameters = tf.Variable([[0.0, 0.0, 1.0, 1.0]])
    with tf.GradientTape() as tape:
        codes = gaussian.draw(parameters, seed=0)
    gradient = tape.gradient(codes, parameters)
    # d code / d mean = 1; d code / d log-variance = (code - mean) / 2.
    expected = np.concatenate([np.ones((1, 2)), np.array(codes) / 2], axis=1)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5)
