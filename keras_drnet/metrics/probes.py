"""Probes: small classifiers and regressions that read a factor off frozen codes.

A code that a probe reads well has the factor in it; one on which no probe does
better than chance may still have it in a form too tangled for the probe. So there
are two: a linear one, which finds what lies open, and a small network, which finds
more of what does not.
"""

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# Weight decay and no early stopping: that would stop before a probe has dug out what
# lies deep, and so find a code cleaner than it is.
MLP = {"hidden_layer_sizes": (100,), "alpha": 0.3, "max_iter": 300, "random_state": 0}


def chance(labels):
    """Return the share of the most frequent of the labels, `[N]`.

    What a probe gets right that always says the same.
    """
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))


def probe_factor(train_codes, train_labels, test_codes, test_labels):
    """Probe codes for a class.

    Args:
        train_codes: `[N, D]`, codes that the probes learn from.
        train_labels: int `[N]`, at least two classes.
        test_codes: `[M, D]`, codes that they are tested on, of other clips.
        test_labels: int `[M]`.

    Returns:
        A dict with the share of test codes that each probe gets right: `linear`,
        logistic regression, and `mlp`, a hidden layer of 100.
    """
    return _scores(
        {"linear": LogisticRegression(max_iter=200), "mlp": MLPClassifier(**MLP)},
        (train_codes, train_labels),
        (test_codes, test_labels),
    )


def probe_quantity(train_codes, train_values, test_codes, test_values):
    """Probe codes for a real-valued quantity.

    Args:
        train_codes: `[N, D]`, codes that the probes learn from.
        train_values: float `[N]`.
        test_codes: `[M, D]`, codes that they are tested on, of other clips.
        test_values: float `[M]`, not all the same.

    Returns:
        A dict with R^2, the share of the test values' variance that each probe
        explains: `linear`, ridge regression, and `mlp`, a hidden layer of 100. 0 is
        no better than their mean; it can be less.
    """
    # Networks learn values of unit size; R^2 does not depend on the unit.
    mean, scale = np.mean(train_values), np.std(train_values)
    return _scores(
        {"linear": Ridge(), "mlp": MLPRegressor(**MLP)},
        (train_codes, (train_values - mean) / scale),
        (test_codes, (test_values - mean) / scale),
    )


def _scores(probes, train, test):
    scores = {}
    with warnings.catch_warnings():
        # As far as they get in the given steps, on the clips there are, is what is
        # measured: that they have not converged, or that classes are rare, is fine.
        warnings.simplefilter("ignore", UserWarning)
        for name, probe in probes.items():
            pipeline = make_pipeline(StandardScaler(), probe).fit(*train)
            scores[name] = float(pipeline.score(*test))
    return scores
