"""Layers of Keras in forms that train faster on a CPU.

Names, arguments, weights and numbers are those of Keras' layers, which step in where
there is no faster form: outside of training, for other shapes, and on other backends.
"""

from types import ModuleType

import keras
from keras import ops

kernels: ModuleType | None = None
if keras.backend.backend() == "tensorflow":
    from keras_drnet.models import tensorflow_kernels

    kernels = tensorflow_kernels


@keras.saving.register_keras_serializable(package="keras_drnet")
class BatchNormalization(keras.layers.BatchNormalization):
    """Batch normalization, three to five times as fast for maps `[B, H, W, C]`."""

    def call(self, inputs, training=None, mask=None):
        """Normalize over the batch in training, else by the running statistics."""
        fast = kernels and training and self.trainable and not self.synchronized
        if not (fast and len(inputs.shape) == 4 and self.axis in (-1, 3)):
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance = kernels.batch_norm(
            inputs, self.gamma, self.beta, self.epsilon
        )
        for average, value in (
            (self.moving_mean, mean),
            (self.moving_variance, variance),
        ):
            average.assign(average * self.momentum + value * (1.0 - self.momentum))
        return outputs


@keras.saving.register_keras_serializable(package="keras_drnet")
class LeakyReLU(keras.layers.LeakyReLU):
    """Leaky ReLU with a faster gradient in bfloat16."""

    def call(self, inputs):
        """Multiply what is negative by the slope."""
        if kernels and self.compute_dtype == "bfloat16":
            return kernels.leaky_relu(inputs, self.negative_slope)
        return super().call(inputs)


@keras.saving.register_keras_serializable(package="keras_drnet")
class Conv2D(keras.layers.Conv2D):
    """Convolution with faster gradients where maps are small."""

    def convolution_op(self, inputs, kernel):
        """Convolve `[B, H, W, C]` to `[B, H', W', F]`."""
        kernel = ops.cast(kernel, inputs.dtype)
        if self.padding == "valid" and self.kernel_size == inputs.shape[1:3]:
            kernel = ops.reshape(kernel, (-1, self.filters))
            outputs = ops.reshape(inputs, (-1, kernel.shape[0])) @ kernel
            return outputs[:, None, None]
        if _gradients_gain(self, inputs.shape[1:3]):
            return kernels.halve_side(inputs, kernel)
        return super().convolution_op(inputs, kernel)


@keras.saving.register_keras_serializable(package="keras_drnet")
class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """Transposed convolution; the counterpart of `Conv2D`."""

    def call(self, inputs):
        """Convolve `[B, H, W, C]` to `[B, H', W', F]`."""
        kernel = ops.cast(self.kernel, inputs.dtype)
        if self.padding == "valid" and inputs.shape[1:3] == (1, 1):
            flat = ops.reshape(kernel, (-1, kernel.shape[-1]))
            outputs = inputs[:, 0, 0] @ ops.transpose(flat)
            outputs = ops.reshape(outputs, (-1, *kernel.shape[:3]))
        elif _gradients_gain(self, [2 * side for side in inputs.shape[1:3]]):
            outputs = kernels.double_side(inputs, kernel)
        else:
            return super().call(inputs)
        return ops.add(outputs, self.bias)


def _gradients_gain(layer, large_sides):
    """Return whether kernels are 4x4 in bfloat16, of stride 2, and maps small."""
    return (
        kernels
        and layer.compute_dtype == "bfloat16"
        and (layer.kernel_size, layer.strides, layer.padding)
        == ((4, 4), (2, 2), "same")
        and kernels.kernel_gradients_gain(large_sides)
    )
