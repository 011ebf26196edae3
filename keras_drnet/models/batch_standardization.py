"""BatchStandardization: features of unit variance, whatever their scale."""

import keras
from keras import ops

EPSILON = 1e-8  # Added to the variance: an element that is constant stays 0.


@keras.saving.register_keras_serializable(package="keras_drnet")
class BatchStandardization(keras.layers.Layer):
    """Takes each element's mean off a batch and divides by its deviation.

    It has no weights and keeps no running statistics: in training and in tests alike
    the batch speaks for itself, and what comes out of a batch of one is 0. At the
    entrance of an adversary it leaves features no way to hide by being small.
    """

    def call(self, inputs):
        """Standardize `[B, D]`; gradients go through the statistics too."""
        mean, variance = ops.moments(inputs, axes=0, keepdims=True)
        return (inputs - mean) * ops.rsqrt(variance + EPSILON)
