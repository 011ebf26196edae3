"""Leakage: accuracy of new probes, trained on frozen features.

Chance accuracy of the adversary in training proves little: the features are trained to
mislead this very network (Elazar & Goldberg, *Adversarial Removal of Demographic
Attributes from Text Data*, EMNLP 2018). New probes are not misled.
"""

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from keras_drnet.checks.arrays import MATRIX, check_array
from keras_drnet.checks.shapes import check_same_shape
from keras_drnet.metrics import probes


def group_leakage(train_features, train_groups, test_features, test_groups):
    """Return the accuracy of new probes for the group.

    Args:
        train_features: `[N, D]`, features that the probes are trained on.
        train_groups: int `[N]`.
        test_features: `[M, D]`, features that they are tested on.
        test_groups: int `[M]`.

    Returns:
        A dict: `linear` and `mlp`, the accuracy of each probe, and `chance`, the share
        of the most frequent group.

    Raises:
        InputError: as `probes.probe_factor`.
    """
    return probes.probe_factor(
        train_features, train_groups, test_features, test_groups
    ) | {"chance": probes.chance(test_groups)}


def domain_leakage(source_features, target_features, *, seed=0):
    """Return the accuracy of new probes for the domain, of two.

    They are trained on one half of the features and tested on the other. Domains of
    different size are cut to the smaller, so that chance is 1/2.

    Args:
        source_features: `[N, D]`, N at least 2.
        target_features: `[M, D]`, M at least 2.
        seed: seed of the halves.

    Returns:
        As `group_leakage`.

    Raises:
        InputError: features differ in length, are too few or not finite.
    """
    train, test = _halves(source_features, target_features, seed)
    return group_leakage(*train, *test)


def proxy_a_distance(source_features, target_features, *, seed=0):
    """Return the distance of two domains, from 0 (indistinguishable) to 2.

    `2 (1 - 2 e)`, with e the least error of linear classifiers of the domain, of
    several strengths of regularization, trained on one half of the features and tested
    on the other. Domains of different size are cut to the smaller. An error above 1/2
    counts as 1/2.

    Source: Ben-David et al., *Analysis of Representations for Domain Adaptation*, NIPS
    2006, as in Ganin et al., JMLR 2016, section 5.1.5.

    Args:
        source_features: `[N, D]`, N at least 2.
        target_features: `[M, D]`, M at least 2.
        seed: seed of the halves.

    Raises:
        InputError: features differ in length, are too few or not finite.
    """
    (features, domains), test = _halves(source_features, target_features, seed)
    errors = [0.5]
    for strength in (1e-4, 1e-3, 1e-2, 1e-1, 1.0):
        classifier = make_pipeline(
            StandardScaler(), LinearSVC(C=strength, random_state=seed)
        ).fit(features, domains)
        errors.append(1.0 - classifier.score(*test))
    return float(2.0 * (1.0 - 2.0 * min(errors)))


def _halves(source_features, target_features, seed):
    """Return two halves, each with features and domains, equally many of either."""
    source_features, target_features = (
        check_array(features, name, MATRIX, least=2)
        for name, features in (
            ("source_features", source_features),
            ("target_features", target_features),
        )
    )
    check_same_shape(
        source_features=source_features,
        target_features=target_features,
        skip_batch=True,
    )
    rng = np.random.default_rng(seed)
    count = min(len(source_features), len(target_features))
    features = np.concatenate(
        [
            items[rng.permutation(len(items))[:count]]
            for items in (source_features, target_features)
        ]
    )
    domains = np.repeat([0, 1], count)
    is_test = np.tile(np.arange(count) % 2 == 1, 2)
    return [(features[rows], domains[rows]) for rows in (~is_test, is_test)]
