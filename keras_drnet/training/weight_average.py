"""Exponential moving average of weights, as a callback."""

import contextlib

import keras
import tensorflow as tf

from keras_drnet.checks.numbers import check_number


class WeightAverage(keras.callbacks.Callback):
    """Exponential moving average of networks' weights over the steps of training.

    The average runs over batch-norm statistics too, so that they fit the averaged
    kernels. Keras' own averaging is part of one optimizer and covers neither these
    nor a model with two optimizers. Where Keras runs n steps at once, with
    `steps_per_execution`, the average has every n-th step's weights, each with the
    share of n steps.

    Example:

    ```python
    average = WeightAverage([content_encoder, pose_encoder, decoder], momentum=0.999)
    drnet.fit(dataset, callbacks=[average])
    average.assign()
    ```

    Attributes:
        weights: the networks' variables.
        variables: their averages, in the same order.
    """

    def __init__(self, networks, momentum):
        """Start the average at the networks' current weights.

        Args:
            networks: list of `keras.Model`.
            momentum: share of the old average that a step keeps, in [0, 1).

        Raises:
            InputError: the momentum is out of its range.
        """
        super().__init__()
        check_number(momentum, "momentum", least=0, below=1)
        self._momentum = momentum
        # Networks may share some.
        weights = {id(w): w for network in networks for w in network.weights}
        self.weights = [weight.value for weight in weights.values()]
        self.variables = [tf.Variable(w, trainable=False) for w in self.weights]
        self._update = tf.function(self._update_all, autograph=False)
        self._last_batch = -1

    def on_epoch_begin(self, epoch, logs=None):
        self._last_batch = -1

    def on_train_batch_end(self, batch, logs=None):
        momentum = self._momentum ** (batch - self._last_batch)
        self._last_batch = batch
        self._update(tf.constant(1.0 - momentum))

    def restart(self):
        """Start anew at the networks' current weights."""
        for weight, average in zip(self.weights, self.variables, strict=True):
            average.assign(weight)

    def assign(self):
        """Put the average in place of the networks' weights, for good."""
        for weight, average in zip(self.weights, self.variables, strict=True):
            weight.assign(average)

    @contextlib.contextmanager
    def applied(self):
        """Put the average in place of the networks' weights, for a while."""
        live = [tf.identity(weight) for weight in self.weights]
        self.assign()
        try:
            yield
        finally:
            for weight, value in zip(self.weights, live, strict=True):
                weight.assign(value)

    def _update_all(self, share):
        for weight, average in zip(self.weights, self.variables, strict=True):
            difference = tf.cast(weight, average.dtype) - average
            average.assign_add(tf.cast(share, average.dtype) * difference)
