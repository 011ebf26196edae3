"""AdversarialEstimator: base of the estimators."""

import keras
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.adversarial.estimators import saved
from keras_drnet.checks.arrays import check_positive
from keras_drnet.checks.numbers import check_count
from keras_drnet.errors import TrainingError

# Rows that a network is given at once.
NUM_ROWS = 4096


class AdversarialEstimator(BaseEstimator):
    """Base of estimators that wrap an `AdversarialModel`.

    A subclass has the parameters `batch_size`, `max_iter`, `learning_rate`,
    `adversary_learning_rate`, `random_state` and `verbose`, and `fit`, which trains a
    system in a block of `seeds.seeded`.

    Copies, `pickle` and joblib keep the fitted `model_` by Keras' own serialization of
    models, and so does `save`, which other versions of Python can read as well.

    Attributes:
        model_: the trained system, a `keras.Model`.
        n_features_in_: columns of the table in `fit`.
        feature_names_in_: their names, if they were strings.
        n_iter_: batches that the system was trained on.
    """

    def save(self, path):
        """Write a fitted estimator to a folder; one that is there is replaced.

        Raises:
            NotFittedError: it is not fitted.
            InputError: `random_state` is a generator, which cannot be saved.
        """
        check_is_fitted(self)
        fitted = {
            name: value
            for name, value in vars(self).items()
            if name.endswith("_") and name != "model_"
        }
        parameters = self.get_params(deep=False)
        saved.write(path, self.model_, type(self).__name__, parameters, fitted)

    @classmethod
    def load(cls, path):
        """Return the fitted estimator that `save` wrote.

        Raises:
            InputError: the folder has no estimator of this class.
        """
        model, parameters, fitted = saved.read(path, cls.__name__)
        estimator = cls(**parameters)
        vars(estimator).update(fitted, model_=model)
        return estimator

    def _check_training(self):
        """Check the parameters that all estimators have."""
        check_count(self.batch_size, "batch_size")
        check_count(self.max_iter, "max_iter")
        check_positive(self.learning_rate, "learning_rate")
        check_positive(self.adversary_learning_rate, "adversary_learning_rate")

    def _batches(self, arrays, seed):
        """Return endless batches of a dict of arrays."""
        return shuffled(arrays, self.batch_size, seed)

    def _decaying_rate(self, learning_rate):
        """Return a rate that falls to 0, so that adversarial training settles."""
        return keras.optimizers.schedules.CosineDecay(learning_rate, self.max_iter)

    def _optimizers(self):
        """Return the optimizers of what is trained and of its adversary."""
        return [
            keras.optimizers.Adam(self._decaying_rate(rate))
            for rate in (self.learning_rate, self.adversary_learning_rate)
        ]

    def _train(self, model, data, *optimizers, **kwargs):
        """Train a model on `max_iter` batches.

        Args:
            model: a `keras.Model`.
            data: endless batches.
            *optimizers: those of the model, in the order that its `compile` takes them.
            **kwargs: other arguments of `compile`.

        Raises:
            TrainingError: the loss is not finite.
        """
        kwargs["steps_per_execution"] = min(self.max_iter, 20)
        model.compile(*optimizers, **kwargs)
        history = model.fit(
            data,
            steps_per_epoch=self.max_iter,
            shuffle=False,
            verbose=int(self.verbose),
        )
        if not np.isfinite(history.history["loss"]).all():
            raise TrainingError(
                "The loss is not finite. Scale the columns of X to deviations near 1, "
                "or lower learning_rate."
            )

    def _keep(self, model):
        """Keep the trained system."""
        self.model_ = model
        self.n_iter_ = self.max_iter
        return self

    def _check_rows(self, X):
        """Return rows for a fitted estimator, float32."""
        check_is_fitted(self)
        return validate_data(self, X, dtype=np.float32, reset=False)


def outputs(network, rows):
    """Return a network's outputs for all rows, an array."""
    starts = range(NUM_ROWS, len(rows), NUM_ROWS)
    blocks = (network(block, training=False) for block in np.split(rows, starts))
    return np.concatenate([keras.ops.convert_to_numpy(block) for block in blocks])
