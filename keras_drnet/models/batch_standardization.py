"""Standardization of features over the batch."""

import keras
from keras import ops

EPSILON = 1e-8  # Added to the variance: an element that is constant stays 0.


@keras.saving.register_keras_serializable(package="keras_drnet")
class BatchStandardization(keras.layers.Layer):
    """Standardization of each element to zero mean and unit variance over the batch.

    It has no weights and keeps no running statistics: training and evaluation use the
    batch's own, and a batch of one gives 0. As the first layer of an adversary it makes
    the scale of features irrelevant to what the adversary can learn.

    Attributes:
        synchronized: whether the batch is that of all replicas, as in Keras'
            `BatchNormalization`.
    """

    synchronized = False

    def call(self, inputs):
        """Standardize `[B, D]`; gradients go through the statistics too."""
        mean, variance = ops.moments(
            inputs, axes=0, keepdims=True, synchronized=self.synchronized
        )
        return (inputs - mean) * ops.rsqrt(variance + EPSILON)
