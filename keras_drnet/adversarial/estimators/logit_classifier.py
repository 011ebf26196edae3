"""LogitClassifier: predictions of a network whose outputs are logits."""

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import ClassifierMixin

from keras_drnet.adversarial.estimators.base import outputs


class LogitClassifier(ClassifierMixin):
    """Mixin of classifiers whose `model_` has logits.

    They are `[N, 1]`, of the second class, or `[N, K]`.

    Attributes:
        classes_: the distinct labels, sorted.
    """

    def predict_proba(self, X):
        """Return the probability of each class, float32 `[N, K]`.

        Args:
            X: rows `[N, D]`.
        """
        rows = self._check_rows(X)
        logits = outputs(self.model_, rows)
        if logits.shape[1] > 1:
            return softmax(logits, axis=1)
        positive = expit(logits)
        return np.concatenate([1.0 - positive, positive], axis=1)

    def predict(self, X):
        """Return the most likely class of each row, `[N]`, a label of `classes_`.

        Args:
            X: rows `[N, D]`.
        """
        best = np.argmax(self.predict_proba(X), axis=1)
        return self.classes_[best]


def num_logits(classes):
    """Return the number of a classifier's outputs."""
    return 1 if len(classes) == 2 else len(classes)
