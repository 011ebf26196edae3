"""Tables for the tests of estimators, and settings that train in a second."""

import numpy as np

TINY = {"batch_size": 16, "max_iter": 3}
TINY_NETWORKS = {"hidden_layer_sizes": (4,), "adversary_hidden_layer_sizes": (4,)}


def make_table(rng, num_rows=40, num_classes=2, num_groups=2):
    """Returns rows, labels and groups, each label and group at least once."""
    X = rng.normal(size=(num_rows, 3))
    y = np.arange(num_rows) % num_classes
    return X, y, rng.permutation(np.arange(num_rows) % num_groups)
