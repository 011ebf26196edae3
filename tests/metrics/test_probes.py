"""Probes of codes with known factors."""

import warnings

import numpy as np

from keras_drnet.metrics.probes import chance, probe_factor, probe_quantity


def labels_and_codes(rng, count, *, noise=0.1):
    labels = rng.integers(0, 4, count)
    return np.eye(4)[labels] + rng.normal(0, noise, (count, 4)), labels


def test_probes_predict_what_codes_contain(rng):
    scores = probe_factor(*labels_and_codes(rng, 200), *labels_and_codes(rng, 100))
    assert scores == {"linear": 1.0, "mlp": 1.0}


def test_only_the_network_predicts_a_nonlinear_factor(rng):
    codes = rng.uniform(-1, 1, (900, 2))
    labels = (codes[:, 0] * codes[:, 1] > 0).astype(int)
    scores = probe_factor(codes[:600], labels[:600], codes[600:], labels[600:])
    assert scores["linear"] < 0.65 and scores["mlp"] > 0.9
    values = codes[:, 0] * codes[:, 1]
    scores = probe_quantity(codes[:600], values[:600], codes[600:], values[600:])
    assert scores["linear"] < 0.2 and scores["mlp"] > 0.8


def test_random_codes_give_chance_without_warnings(rng):
    train, test = (rng.choice(3, n, p=[0.6, 0.2, 0.2]) for n in (300, 200))
    values = rng.normal(size=500)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for width in (1, 5):
            codes = np.zeros((500, width), np.float32)
            scores = probe_factor(codes[:300], train, codes[300:], test)
            assert scores["linear"] == scores["mlp"] == chance(test)
            scores = probe_quantity(
                codes[:300], values[:300], codes[300:], values[300:]
            )
            assert abs(scores["linear"]) < 0.05 and abs(scores["mlp"]) < 0.05


def test_quantities_are_predicted_in_any_unit(rng):
    codes = rng.normal(size=(300, 3))
    values = 1e6 + 1e4 * codes @ [1, -2, 0.5]
    scores = probe_quantity(codes[:200], values[:200], codes[200:], values[200:])
    assert scores["linear"] > 0.99 and scores["mlp"] > 0.95


def test_chance_is_the_frequency_of_the_commonest_label():
    assert chance(np.array([2, 0, 2, 2])) == 0.75
