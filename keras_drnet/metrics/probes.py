"""Probes: small classifiers and regressions that predict a factor from frozen codes.

If a probe predicts a factor well, the codes contain it. If it does not, they may still
contain it in a form that the probe cannot use. Hence two probes: a linear one, for
factors that are linearly encoded, and a small network, for other encodings.
"""

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# Weight decay and no early stopping, which would end before the probe has found what is
# hard to predict, and so underestimate what the codes contain.
MLP = {"hidden_layer_sizes": (100,), "alpha": 0.3, "max_iter": 300, "random_state": 0}


def chance(labels):
    """Return the frequency of the most frequent of the labels, `[N]`.

    The accuracy of a probe with a constant prediction.
    """
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))


def probe_factor(train_codes, train_labels, test_codes, test_labels):
    """Probe codes for a categorical factor.

    Args:
        train_codes: `[N, D]`, codes to train the probes on.
        train_labels: int `[N]`, at least two classes.
        test_codes: `[M, D]`, codes to test them on, of other clips.
        test_labels: int `[M]`.

    Returns:
        A dict with the test accuracy of each probe: `linear`, logistic regression,
        and `mlp`, a network with one hidden layer of 100 units.
    """
    return _scores(
        {"linear": LogisticRegression(max_iter=200), "mlp": MLPClassifier(**MLP)},
        (train_codes, train_labels),
        (test_codes, test_labels),
    )


def probe_quantity(train_codes, train_values, test_codes, test_values):
    """Probe codes for a real-valued factor.

    Args:
        train_codes: `[N, D]`, codes to train the probes on.
        train_values: float `[N]`.
        test_codes: `[M, D]`, codes to test them on, of other clips.
        test_values: float `[M]`, not all the same.

    Returns:
        A dict with R^2, the fraction of the test values' variance that each probe
        explains: `linear`, ridge regression, and `mlp`, a network with one hidden
        layer of 100 units. Always predicting the mean gives 0; it can be negative.
    """
    # Networks need values of unit scale; R^2 does not depend on the scale.
    mean, scale = np.mean(train_values), np.std(train_values)
    return _scores(
        {"linear": Ridge(), "mlp": MLPRegressor(**MLP)},
        (train_codes, (train_values - mean) / scale),
        (test_codes, (test_values - mean) / scale),
    )


def _scores(probes, train, test):
    scores = {}
    with warnings.catch_warnings():
        # Probes need not converge, and classes may be rare.
        warnings.simplefilter("ignore", UserWarning)
        for name, probe in probes.items():
            pipeline = make_pipeline(StandardScaler(), probe).fit(*train)
            scores[name] = float(pipeline.score(*test))
    return scores
