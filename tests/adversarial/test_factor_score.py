"""FactorVAE's score, total correlation and binary codes, on known codes."""

import itertools

import numpy as np
import pytest
import scipy.linalg

from keras_drnet.adversarial.experiments.data import factor_images
from keras_drnet.adversarial.metrics.binary_codes import (
    pairwise_mutual_information,
    recovered_bits,
)
from keras_drnet.adversarial.metrics.factor_score import factor_score
from keras_drnet.adversarial.metrics.total_correlation import fresh_total_correlation

FACTORS = np.array(list(itertools.product(range(3), range(4), range(5), range(6))))


def test_one_element_per_factor_scores_1_in_any_order_and_scale(rng):
    codes = FACTORS[:, [2, 0, 3, 1]] * [0.1, -20.0, 1.0, 3.0]
    assert factor_score(codes, FACTORS) == 1.0
    noisy = codes + 0.01 * rng.normal(size=codes.shape)
    assert factor_score(noisy, FACTORS) == 1.0


def test_a_nonlinear_element_scores_1():
    assert factor_score(np.exp(FACTORS.astype(float)), FACTORS) == 1.0


@pytest.mark.parametrize(
    "codes",
    [
        np.ones((len(FACTORS), 3)),
        0.01 * FACTORS,
        FACTORS.sum(axis=1, keepdims=True).astype(float),
    ],
    ids=["constant", "collapsed", "one element for all"],
)
def test_codes_that_cannot_tell_factors_apart_are_at_chance(codes):
    assert factor_score(codes, FACTORS) == 0.25


def test_a_missing_factor_lowers_the_score_by_its_share():
    """Its groups vote for all elements, each of which another factor has won."""
    assert factor_score(FACTORS[:, :3].astype(float), FACTORS) == 0.75


def test_a_code_that_mixes_all_factors_evenly_is_near_chance():
    mixing = scipy.linalg.hadamard(4) / 2.0
    assert factor_score((FACTORS / FACTORS.std(axis=0)) @ mixing, FACTORS) < 0.35


def test_a_collapsed_element_gets_no_vote(rng):
    """Constant but for one example, it would vary least in nearly every group."""
    idle = np.zeros((len(FACTORS), 1))
    idle[0] = 1.0
    codes = np.concatenate([FACTORS, idle], axis=1)
    assert idle.std() < 0.06
    assert factor_score(0.04 / 0.0527 * codes, FACTORS) == 1.0


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_total_correlation_of_gaussians_is_the_closed_form(rng, correlation):
    covariance = np.eye(3)
    covariance[0, 1] = covariance[1, 0] = correlation
    samples = rng.multivariate_normal(np.zeros(3), covariance, size=(2, 5000))
    expected = -0.5 * np.log(1.0 - correlation**2)
    estimate = fresh_total_correlation(*samples, hidden_layer_sizes=(32,))
    assert estimate == pytest.approx(expected, abs=0.06)


def test_mutual_information_is_the_closed_form():
    """Two bits of which the second is the first, turned in a share of cases."""
    bits = np.array([[0, 0, 1]] * 4 + [[0, 1, 1]] + [[1, 1, 1]] * 4 + [[1, 0, 1]])
    information = pairwise_mutual_information(bits)
    entropy = -(0.2 * np.log(0.2) + 0.8 * np.log(0.8))
    expected = [
        [np.log(2), np.log(2) - entropy, 0.0],
        [np.log(2) - entropy, np.log(2), 0.0],
        [0.0, 0.0, 0.0],
    ]
    np.testing.assert_allclose(information, expected, atol=1e-12)


def test_mutual_information_of_independent_bits_is_one_over_twice_their_number(rng):
    estimates = [
        pairwise_mutual_information(rng.integers(2, size=(500, 2)))[0, 1]
        for _ in range(400)
    ]
    assert np.mean(estimates) == pytest.approx(1 / 1000, rel=0.2)


def test_bits_are_recovered_in_any_order_and_polarity(rng):
    bits = rng.integers(2, size=(1000, 4)).astype(bool)
    codes = bits[:, [3, 1, 0, 2]] ^ [True, False, False, True]
    assert recovered_bits(codes, bits) == 1.0
    codes[:100, 0] ^= True
    assert recovered_bits(codes, bits) == pytest.approx(1.0 - 0.1 / 4)


def test_one_element_is_assigned_to_one_bit_only():
    bits = np.array(list(itertools.product((0, 1), repeat=2)))
    assert recovered_bits(bits[:, [0, 0]], bits) == 0.75


def test_images_have_the_position_and_size_of_their_factors():
    images, factors = factor_images.draw_all()
    assert images.shape == (1280, 16, 16, 1) and images.dtype == np.float32
    assert images.min() == 0.0 and images.max() == 1.0
    assert len(np.unique(images.reshape(1280, -1), axis=0)) == 1280
    ink = images[..., 0].sum(axis=(1, 2))
    places = np.arange(16) + 0.5
    for name, axis in (("x", 1), ("y", 2)):
        center = images[..., 0].sum(axis=axis) @ places / ink
        column = list(factor_images.NUM_VALUES).index(name)
        np.testing.assert_allclose(center, 4.5 + factors[:, column], atol=1e-4)
    by_size = [ink[factors[:, 1] == size].mean() for size in range(5)]
    assert np.all(np.diff(by_size) > 0)
