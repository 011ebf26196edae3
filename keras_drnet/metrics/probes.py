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

from keras_drnet.checks.arrays import MATRIX, check_array, check_labels
from keras_drnet.checks.shapes import check_same_length, check_same_shape
from keras_drnet.errors import InputError

# Weight decay and no early stopping, which would end before the probe has found what is
# hard to predict, and so underestimate what the codes contain.
MLP = {"hidden_layer_sizes": (100,), "alpha": 0.3, "max_iter": 300, "random_state": 0}


def chance(labels):
    """Return the frequency of the most frequent of the labels, `[N]`.

    The accuracy of a probe with a constant prediction.

    Raises:
        InputError: labels have another shape, or there are none.
    """
    check_labels(labels, "labels", ("N",))
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

    Raises:
        InputError: shapes do not fit, a code is not finite, a label is no whole
            number, or all labels of the training are the same.
    """
    _check_codes(train_codes, test_codes)
    train_labels = check_labels(train_labels, "train_labels", ("N",))
    test_labels = check_labels(test_labels, "test_labels", ("M",))
    check_same_length(train_codes=train_codes, train_labels=train_labels)
    check_same_length(test_codes=test_codes, test_labels=test_labels)
    _check_variety(train_labels=train_labels)
    return _scores(
        {"linear": LogisticRegression(max_iter=200), "mlp": MLPClassifier(**MLP)},
        (train_codes, train_labels),
        (test_codes, test_labels),
    )


def probe_quantity(train_codes, train_values, test_codes, test_values):
    """Probe codes for a real-valued factor.

    Args:
        train_codes: `[N, D]`, codes to train the probes on.
        train_values: float `[N]`, not all the same.
        test_codes: `[M, D]`, codes to test them on, of other clips.
        test_values: float `[M]`, not all the same.

    Returns:
        A dict with R^2, the fraction of the test values' variance that each probe
        explains: `linear`, ridge regression, and `mlp`, a network with one hidden
        layer of 100 units. Always predicting the mean gives 0; it can be negative.

    Raises:
        InputError: shapes do not fit, a number is not finite, or all values of the
            training or of the test are the same.
    """
    _check_codes(train_codes, test_codes)
    train_values = check_array(train_values, "train_values", ("N",))
    test_values = check_array(test_values, "test_values", ("M",))
    check_same_length(train_codes=train_codes, train_values=train_values)
    check_same_length(test_codes=test_codes, test_values=test_values)
    _check_variety(train_values=train_values, test_values=test_values)
    # Networks need values of unit scale; R^2 does not depend on the scale.
    mean, scale = np.mean(train_values), np.std(train_values)
    return _scores(
        {"linear": Ridge(), "mlp": MLPRegressor(**MLP)},
        (train_codes, (train_values - mean) / scale),
        (test_codes, (test_values - mean) / scale),
    )


def _check_codes(train_codes, test_codes):
    check_array(train_codes, "train_codes", MATRIX)
    check_array(test_codes, "test_codes", MATRIX)
    check_same_shape(train_codes=train_codes, test_codes=test_codes, skip_batch=True)


def _check_variety(**arrays):
    for name, array in arrays.items():
        if np.all(array == array[0]):
            raise InputError(
                f"All of {name} are {array[0]}; expected at least two different ones, "
                "as otherwise there is nothing to predict."
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
