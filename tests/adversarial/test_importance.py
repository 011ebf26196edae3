"""The evidence of a decoder: exact on a linear Gaussian model, and by draws."""

import keras
import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from keras_drnet.adversarial.distributions.likelihoods import (
    BernoulliLikelihood,
    GaussianLikelihood,
)
from keras_drnet.adversarial.metrics.importance import (
    gaussian_draws,
    grid,
    log_evidence,
)

SCALE = 0.3


@pytest.fixture
def decoder():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])


@pytest.fixture
def linear(decoder, rng):
    """Returns weights, examples and `log p(x)`: x is N(bias, W'W + scale^2 I)."""
    weights, bias = rng.normal(size=(2, 3)), rng.normal(size=3)
    decoder.set_weights([weights, bias])
    x = multivariate_normal(bias, weights.T @ weights + SCALE**2 * np.eye(3))
    examples = x.rvs(5, random_state=rng)
    return weights, bias, np.float32(examples), x.logpdf(examples)


def test_the_grid_is_exact_on_a_linear_model(decoder, linear):
    *_, examples, expected = linear
    actual = log_evidence(examples, decoder, GaussianLikelihood(SCALE), grid())
    np.testing.assert_allclose(actual, expected, atol=1e-4)


def test_draws_of_the_prior_are_near_the_exact_evidence(decoder, linear, rng):
    *_, examples, expected = linear
    nodes = gaussian_draws(200_000, np.zeros(2), np.ones(2), rng)
    np.testing.assert_allclose(nodes.log_weights, -np.log(200_000), rtol=1e-6)
    actual = log_evidence(examples, decoder, GaussianLikelihood(SCALE), nodes)
    np.testing.assert_allclose(actual, expected, atol=0.1)


def test_few_draws_suffice_near_the_posterior(decoder, linear, rng):
    weights, bias, examples, expected = linear
    covariance = np.linalg.inv(np.eye(2) + weights @ weights.T / SCALE**2)
    mean = covariance @ weights @ (examples[0] - bias) / SCALE**2
    nodes = gaussian_draws(2000, mean, 1.5 * np.sqrt(np.diag(covariance)), rng)
    actual = log_evidence(examples[:1], decoder, GaussianLikelihood(SCALE), nodes)
    np.testing.assert_allclose(actual, expected[:1], atol=0.1)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_weights_of_the_grid_are_those_of_the_prior(dim):
    codes, log_weights = grid(dim, num_points=41)
    assert codes.shape == (41**dim, dim)
    assert logsumexp(log_weights) == pytest.approx(0.0, abs=1e-6)
    second = np.exp(log_weights) @ codes**2
    np.testing.assert_allclose(second, 1.0, atol=1e-5)


def test_likelihoods_by_hand(rng):
    examples, outputs = rng.integers(0, 2, (4, 3)), np.float32(rng.normal(size=(4, 3)))
    p = 1.0 / (1.0 + np.exp(-outputs))
    bernoulli = np.where(examples == 1, np.log(p), np.log(1.0 - p)).sum(axis=1)
    normal = multivariate_normal(np.zeros(3), 4.0 * np.eye(3)).logpdf(
        examples - outputs
    )
    examples = np.float32(examples)
    for likelihood, expected in (
        (BernoulliLikelihood(), bernoulli),
        (GaussianLikelihood(2.0), normal),
    ):
        actual = likelihood.log_prob(examples, outputs)
        np.testing.assert_allclose(actual, expected, rtol=1e-5)
        of_one = likelihood.log_prob(examples[:1], outputs)
        np.testing.assert_allclose(of_one[0], expected[0], rtol=1e-5)
        again = keras.saving.deserialize_keras_object(
            keras.saving.serialize_keras_object(likelihood)
        )
        np.testing.assert_array_equal(again.log_prob(examples, outputs), actual)
