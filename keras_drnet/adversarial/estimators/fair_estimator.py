"""FairEstimator: base of the estimators that are told sensitive features."""

import warnings

import numpy as np
from sklearn.utils.validation import validate_data

from keras_drnet.adversarial.estimators.base import AdversarialEstimator
from keras_drnet.adversarial.estimators.labels import encode_classes, encode_groups
from keras_drnet.adversarial.estimators.seeds import seeded
from keras_drnet.checks.numbers import check_number
from keras_drnet.errors import InputError
from keras_drnet.losses.group_labels import GroupLabels


class FairEstimator(AdversarialEstimator):
    """Base of estimators whose outputs should not tell the group of a row.

    A subclass has the parameters `notion` and `adversarial_weight`, and defines
    `_build`.

    Attributes:
        groups_: a list of the distinct values of each sensitive feature; empty where
            none was given.
    """

    _balanced = True  # Whether groups of different size weigh the same.
    _groups_may_lack = False

    def fit(self, X, y, *, sensitive_features=None):
        """Train on a table.

        Args:
            X: rows `[N, D]`, numbers.
            y: labels `[N]`, of two classes or more. For `notion="opportunity"` of two,
                the second of which, in sorted order, is the advantage.
            sensitive_features: the groups `[N]`, or `[N, A]` for several attributes
                whose combinations are the groups; any values. `None`: the networks are
                trained without an adversary, and a warning says so.

        Returns:
            The estimator.

        Raises:
            ValueError: rows or labels are not of numbers and classes, or are missing.
            InputError: there is one class or one group alone, a group is missing,
                lengths differ or a parameter is out of its range.
            TrainingError: the loss is not finite.
        """
        self._check_training()
        check_number(self.adversarial_weight, "adversarial_weight", least=0)
        X, y = validate_data(self, X, y, dtype=np.float32)
        self.classes_, target = encode_classes(y)
        if self.notion == "opportunity" and len(self.classes_) != 2:
            raise InputError(
                f"y has {len(self.classes_)} classes; expected two for the notion "
                "'opportunity', which is that of the second."
            )
        weight = self.adversarial_weight
        if sensitive_features is None:
            warnings.warn(
                f"{type(self).__name__} was given no sensitive_features and is trained "
                "without an adversary: its outputs may tell the group.",
                stacklevel=2,
            )
            self.groups_, group, weight = [], np.zeros(len(X), np.int32), 0.0
        else:
            self.groups_, group = encode_groups(
                sensitive_features, len(X), may_lack=self._groups_may_lack
            )
        with seeded(self.random_state) as seed:
            contrast = GroupLabels(
                [len(values) for values in self.groups_] or 2,
                notion=self.notion,
                num_targets=len(self.classes_),
                balanced=self._balanced,
            )
            model = self._build(X.shape[1], contrast, weight)
            data = self._data(X, target, group, seed)
            self._train(model, data, *self._optimizers())
        return self._keep(model)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def _data(self, X, target, group, seed):
        """Return endless batches for the system."""
        return self._batches({"input": X, "target": target, "group": group}, seed)

    def _build(self, num_inputs, contrast, weight):
        """Return the system.

        Args:
            num_inputs: D.
            contrast: `GroupLabels`.
            weight: that of the adversarial loss.
        """
        raise NotImplementedError
