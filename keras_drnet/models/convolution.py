"""Keras' convolutions, with products of matrices where these are the faster form.

On a CPU TensorFlow's gradient of a kernel is slow where maps are small, in bfloat16 up
to four times as slow as the convolution. Products of matrices give the same numbers at
the speed of the convolution.
"""

import keras
from keras import ops

LARGEST_SIDE = 16  # Pixels; the gradient for larger maps gains nothing.


@keras.saving.register_keras_serializable(package="keras_drnet")
class Conv2D(keras.layers.Conv2D):
    """Keras' convolution: `[B, H, W, C]` to `[B, H', W', F]`."""

    def convolution_op(self, inputs, kernel):
        """Convolve."""
        if self.padding == "valid" and self.kernel_size == inputs.shape[1:3]:
            kernel = ops.reshape(kernel, (-1, 1, 1, self.filters))
            flat = ops.reshape(inputs, (-1, kernel.shape[0]))
            return (flat @ kernel[:, 0, 0])[:, None, None]
        if _halves_small_maps(self, inputs.shape[1:3]):
            return _halve_side(inputs, ops.cast(kernel, inputs.dtype))
        return super().convolution_op(inputs, kernel)


@keras.saving.register_keras_serializable(package="keras_drnet")
class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """Keras' transposed convolution: `[B, H, W, C]` to `[B, H', W', F]`."""

    def call(self, inputs):
        """Convolve."""
        kernel = ops.cast(self.kernel, inputs.dtype)
        if self.padding == "valid" and inputs.shape[1:3] == (1, 1):
            flat = ops.reshape(kernel, (-1, kernel.shape[-1]))
            outputs = inputs[:, 0, 0] @ ops.transpose(flat)
            outputs = ops.reshape(outputs, (-1, *kernel.shape[:3]))
        elif _halves_small_maps(self, [2 * side for side in inputs.shape[1:3]]):
            outputs = _double_side(inputs, kernel)
        else:
            return super().call(inputs)
        return ops.add(outputs, self.bias)


def _halves_small_maps(layer, large_sides):
    """Return whether maps are small, and kernels 4x4 in bfloat16, of stride 2."""
    return (
        _on_cpu
        and layer.compute_dtype == "bfloat16"
        and (layer.kernel_size, layer.strides, layer.padding)
        == ((4, 4), (2, 2), "same")
        and all(side % 2 == 0 and side <= LARGEST_SIDE for side in large_sides)
    )


def _halve_side(large, kernel):
    """Convolve maps `[B, H, W, C]` by a kernel `[4, 4, C, F]` to `[B, H/2, W/2, F]`."""

    def gradients(small):
        size = (tf.shape(small)[0], *large.shape[1:])
        return (
            tf.nn.conv2d_transpose(small, kernel, size, 2),
            _kernel_gradient(large, small),
        )

    return tf.nn.conv2d(large, kernel, 2, "SAME"), gradients


def _double_side(small, kernel):
    """Convolve maps `[B, H, W, C]` by a kernel `[4, 4, F, C]` to `[B, 2H, 2W, F]`."""

    def gradients(large):
        return tf.nn.conv2d(large, kernel, 2, "SAME"), _kernel_gradient(large, small)

    height, width = small.shape[1:3]
    size = (tf.shape(small)[0], 2 * height, 2 * width, kernel.shape[2])
    return tf.nn.conv2d_transpose(small, kernel, size, 2), gradients


def _kernel_gradient(large, small):
    """Return the sums of products of each small pixel with the 4x4 large ones it meets.

    Args:
        large: `[B, 2H, 2W, C]`.
        small: `[B, H, W, F]`.

    Returns:
        `[4, 4, C, F]`.
    """
    height, width, num_filters = small.shape[1:]
    channels = large.shape[-1]
    # In blocks of 2x2 pixels the 4x4 are 2x2: a product for each.
    padded = tf.pad(large, ((0, 0), (1, 1), (1, 1), (0, 0)))
    blocks = tf.nn.space_to_depth(padded, 2)
    small = tf.reshape(small, (-1, num_filters))

    def quarter(row, column):
        met = blocks[:, row : row + height, column : column + width]
        met = tf.reshape(met, (-1, 4 * channels))
        products = tf.matmul(met, small, transpose_a=True)
        return tf.reshape(products, (2, 2, channels, num_filters))

    rows = [tf.concat([quarter(i, 0), quarter(i, 1)], axis=1) for i in (0, 1)]
    return tf.concat(rows, axis=0)


_on_cpu = False
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    _on_cpu = not tf.config.list_physical_devices("GPU")
    _halve_side = tf.custom_gradient(_halve_side)
    _double_side = tf.custom_gradient(_double_side)
