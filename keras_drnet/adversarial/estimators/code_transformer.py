"""CodeTransformer: base of the estimators that are auto-encoders."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from keras_drnet.adversarial.estimators.base import AdversarialEstimator, outputs
from keras_drnet.adversarial.estimators.encoder_transformer import EncoderTransformer
from keras_drnet.adversarial.estimators.seeds import seeded
from keras_drnet.adversarial.networks import mlp
from keras_drnet.checks.arrays import MATRIX, check_array
from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_shape


class CodeTransformer(EncoderTransformer, AdversarialEstimator):
    """Base of transformers of rows to codes and back.

    A subclass has the parameters `n_components`, `hidden_layer_sizes` and
    `adversary_hidden_layer_sizes` besides, and defines `_build`.
    """

    _momentum = 0.9  # Of the auto-encoder's optimizer.
    _initialize: Callable[[int], Any] | None = None  # See `mlp`.

    def fit(self, X, y=None):
        """Train on a table, without labels.

        Args:
            X: rows `[N, D]`, numbers.
            y: not used; for pipelines.

        Returns:
            The estimator.

        Raises:
            ValueError: rows are not of numbers, or some are missing.
            InputError: a parameter is out of its range.
            TrainingError: the loss is not finite.
        """
        self._check_training()
        check_count(self.n_components, "n_components")
        X = self._check_examples(validate_data(self, X, dtype=np.float32))
        with seeded(self.random_state) as seed:
            model = self._build(X.shape[1])
            data = self._batches({"image": X}, seed)
            self._train(model, data, *self._optimizers())
        return self._keep(model)

    def inverse_transform(self, Z):
        """Return the rows that the decoder makes of codes, float32 `[N, D]`.

        Args:
            Z: codes `[N, n_components]`.

        Raises:
            InputError: codes have another shape, or are not finite numbers.
        """
        check_is_fitted(self)
        codes = check_array(Z, "Z", MATRIX)
        check_shape(codes, "Z", ("N", self.n_components))
        return outputs(self.model_.decoder, codes.astype(np.float32))

    def _optimizers(self):
        own, adversary = self.learning_rate, self.adversary_learning_rate
        return [
            keras.optimizers.Adam(self._decaying_rate(own), self._momentum),
            keras.optimizers.Adam(self._decaying_rate(adversary), beta_1=0.5),
        ]

    def _check_examples(self, X):
        """Return rows to train on, checked further."""
        return X

    def _build(self, num_inputs):
        """Return the system for rows of a length."""
        raise NotImplementedError

    def _encoder(self, num_inputs, num_outputs):
        sizes = *self.hidden_layer_sizes, num_outputs
        return mlp(num_inputs, *sizes, initialize=self._initialize)

    def _decoder(self, num_outputs):
        sizes = *reversed(self.hidden_layer_sizes), num_outputs
        return mlp(self.n_components, *sizes, initialize=self._initialize)

    def _adversary(self):
        return mlp(
            self.n_components,
            *self.adversary_hidden_layer_sizes,
            1,
            activation="leaky_relu",
            initialize=self._initialize,
        )
