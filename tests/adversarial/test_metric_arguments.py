"""Arguments of the survey's metrics that do not fit are refused."""

import keras
import numpy as np
import pytest

from keras_drnet.adversarial.distributions.likelihoods import BernoulliLikelihood
from keras_drnet.adversarial.metrics import (
    binary_codes,
    fairness,
    importance,
    leakage,
    total_correlation,
    two_sample,
)
from keras_drnet.adversarial.metrics.factor_score import factor_score
from keras_drnet.errors import InputError

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(12, 2))
WITH_NAN = np.where(CODES > 1, np.nan, CODES)
BITS = RNG.integers(0, 2, (12, 2))
BIT = BITS[:, 0]


@pytest.mark.parametrize(
    ("function", "valid"),
    [
        (fairness.parity_gap, {"predicted": BIT, "group": BIT}),
        (
            fairness.false_positive_gap,
            dict.fromkeys(("predicted", "target", "group"), BIT),
        ),
        (
            fairness.true_positive_gap,
            dict.fromkeys(("predicted", "target", "group"), BIT),
        ),
        (fairness.fairness, dict.fromkeys(("predicted", "target", "group"), BIT)),
    ],
)
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "predicted",
            BIT * 0.8,
            r"predicted is 0\.8; expected whole numbers from 0 to",
        ),
        ("predicted", 2 * BIT - 1, "predicted is -1; expected"),
        ("predicted", BIT[:, None], r"predicted is \(12, 1\); expected \[N\]"),
        ("predicted", BIT[:5], "The lengths of predicted and .* are 5 and 12"),
        ("group", BIT[:5], "The lengths of predicted and group are 12 and 5"),
        ("group", BITS[:, :, None], r"expected \[N\] or \[N, A\]"),
        ("target", BIT + 1, "target is 2; expected whole numbers from 0 to 1"),
        ("target", BIT[:5], "The lengths of predicted and target are 12 and 5"),
    ],
)
def test_gaps_are_of_decisions(function, valid, name, value, message):
    if name in valid:
        with pytest.raises(InputError, match=message):
            function(**valid | {name: value})
    function(**valid)


def test_a_gap_needs_examples():
    with pytest.raises(InputError, match="at least 1"):
        fairness.parity_gap([], [])
    assert fairness.parity_gap([True, False], ["a", "b"]) == 1


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (binary_codes.pairwise_mutual_information, [CODES], "value of bits is -?0"),
        (binary_codes.pairwise_mutual_information, [BIT], r"expected \[N, K\]"),
        (binary_codes.pairwise_mutual_information, [BITS[:0]], "at least 1"),
        (binary_codes.recovered_bits, [CODES, BITS], "value of codes is"),
        (binary_codes.recovered_bits, [BITS, 2 * BITS - 1], "value of bits is -1"),
        (binary_codes.recovered_bits, [BITS, BITS[:, :1]], "of codes and bits are"),
        (
            two_sample.kolmogorov_smirnov,
            [CODES[:, 0]] * 2,
            r"first is \(12,\); expecte",
        ),
        (two_sample.kolmogorov_smirnov, [CODES, WITH_NAN], "values of second are fini"),
        (two_sample.kolmogorov_smirnov, [CODES, CODES[:0]], "at least 1"),
        (two_sample.mmd_test, [CODES, CODES[:, :1]], "first and second are .* but for"),
        (two_sample.mmd_test, [WITH_NAN, CODES], "Not all values of first are finite"),
        (two_sample.mmd_test, [BITS * 0] * 2, "median distance .* is 0, as most of"),
        (leakage.domain_leakage, [CODES[:1], CODES], "at least 2 along the first axis"),
        (leakage.domain_leakage, [CODES, WITH_NAN], "values of target_features are"),
        (
            leakage.proxy_a_distance,
            [CODES, BIT],
            r"target_features is \(12,\); expecte",
        ),
        (leakage.proxy_a_distance, [CODES, CODES[:, :1]], "source_features and target"),
        (leakage.group_leakage, [CODES, BIT, CODES, BIT[:4]], "are 12 and 4; expected"),
        (leakage.group_leakage, [CODES, BIT * 0, CODES, BIT], "labels are 0; expected"),
        (
            total_correlation.fresh_total_correlation,
            [CODES[:5], CODES],
            r"train_codes is \(5, 2\); expected at least 6",
        ),
        (
            total_correlation.fresh_total_correlation,
            [CODES, CODES[:, :1]],
            "of train_codes and test_codes are",
        ),
        (
            total_correlation.fresh_total_correlation,
            [CODES, WITH_NAN],
            "values of test_codes are finite",
        ),
        (factor_score, [WITH_NAN, BITS], "Not all values of codes are finite"),
        (factor_score, [CODES, BITS[:7]], "lengths of codes and factors are 12 and 7"),
        (factor_score, [CODES, BIT], r"factors is \(12,\); expected \[N, F\]"),
        (
            factor_score,
            [CODES, CODES],
            "value of factors is .*; expected whole numbers",
        ),
        (
            factor_score,
            [CODES, BITS * [1, 0]],
            "Factor 1 has one value alone; expected",
        ),
    ],
)
def test_samples_that_do_not_fit(function, arguments, message):
    with pytest.raises(InputError, match=message):
        function(*arguments)


@pytest.mark.parametrize(
    ("function", "arguments", "settings", "message"),
    [
        (
            factor_score,
            [CODES, BITS],
            {"num_votes": 0},
            "num_votes is 0; expected at l",
        ),
        (factor_score, [CODES, BITS], {"num_test_votes": 0}, "num_test_votes is 0"),
        (
            factor_score,
            [CODES, BITS],
            {"group_size": 1},
            "group_size is 1; expected at",
        ),
        (
            two_sample.mmd_test,
            [CODES] * 2,
            {"num_permutations": 0},
            "is 0; expected at",
        ),
        (importance.grid, [], {"dim": 0}, "dim is 0; expected at least 1"),
        (
            importance.grid,
            [],
            {"limit": -6.0},
            "limit is -6.0; expected a number above",
        ),
        (
            importance.grid,
            [],
            {"num_points": 1},
            "num_points is 1; expected at least 2",
        ),
    ],
)
def test_settings_out_of_range(function, arguments, settings, message):
    with pytest.raises(InputError, match=message):
        function(*arguments, **settings)


@pytest.mark.parametrize(
    ("num_draws", "mean", "deviation", "message"),
    [
        (0, np.zeros(2), np.ones(2), "num_draws is 0"),
        (5, np.zeros(2), 0.5, r"of mean and deviation are \(2,\) and \(\)"),
        (
            5,
            np.zeros(2),
            np.array([0.5, 0.0]),
            "deviation is .*; expected a number abo",
        ),
        (5, np.full(2, np.nan), np.ones(2), "Not all values of mean are finite"),
    ],
)
def test_draws_without_a_density(num_draws, mean, deviation, message):
    with pytest.raises(InputError, match=message):
        importance.gaussian_draws(num_draws, mean, deviation, RNG)


def test_each_element_of_a_draw_has_its_deviation_in_the_weight():
    nodes = importance.gaussian_draws(40_000, np.zeros(3), np.full(3, 1.5), RNG)
    np.testing.assert_allclose(np.exp(nodes.log_weights).sum(), 1.0, atol=0.05)


def test_evidence_is_of_examples_in_the_decoder_s_shape():
    decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(9)])
    decoder.add(keras.layers.Reshape((3, 3)))
    nodes, examples = importance.grid(num_points=5), np.zeros((4, 3, 3), np.float32)
    likelihood = BernoulliLikelihood()
    assert importance.log_evidence(examples, decoder, likelihood, nodes).shape == (4,)
    with pytest.raises(InputError, match="of examples and outputs are"):
        importance.log_evidence(examples[:, 0], decoder, likelihood, nodes)
    with pytest.raises(InputError, match="type of examples is uint8; expected floats"):
        importance.log_evidence(examples.astype("u1"), decoder, likelihood, nodes)


def test_bits_may_be_booleans():
    for function in (binary_codes.recovered_bits, factor_score):
        assert function(BITS * 1.0, BITS > 0) == function(BITS * 1.0, BITS)
    assert fairness.fairness(BIT > 0, BIT > 0, BIT > 0)["parity_gap"] == 1
