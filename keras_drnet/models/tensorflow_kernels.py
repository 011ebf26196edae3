"""Operations of TensorFlow that are faster on a CPU than what Keras makes of a layer.

Weights and numbers are the same. `layers` takes these on the TensorFlow backend alone.
"""

import tensorflow as tf

VECTOR_SIZE = 16  # Channels that bfloat16 batch normalization takes at a time.
LARGEST_SIDE = 16  # Pixels; the gradient for larger maps gains nothing.


def batch_norm(inputs, gamma, beta, epsilon):
    """Normalize maps over the batch in one operation, not a chain over whole maps.

    Args:
        inputs: `[B, H, W, C]` of any floating dtype.
        gamma: scale `[C]`, float32.
        beta: offset `[C]`, float32.
        epsilon: number added to the variance.

    Returns:
        The normalized maps; mean and variance of the batch, float32 `[C]`.
    """
    x = inputs
    if x.dtype == tf.bfloat16 and x.shape[-1] % VECTOR_SIZE:
        x = tf.cast(x, tf.float32)  # Five times as fast, casts included.
    none = tf.zeros((0,))  # Running statistics are not read in training.
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x,
        scale=gamma,
        offset=beta,
        mean=none,
        variance=none,
        epsilon=epsilon,
        is_training=True,
    )
    # It returns the variance of the population, Keras keeps that of the batch.
    count = tf.cast(tf.size(inputs) / tf.shape(inputs)[-1], tf.float32)
    return tf.cast(outputs, inputs.dtype), mean, variance * (count - 1) / count


def leaky_relu(inputs, slope):
    """Multiply what is negative by the slope; the gradient is computed in float32.

    TensorFlow's of bfloat16 is by far slower than that, casts included.
    """

    @tf.custom_gradient
    def activate(inputs):
        outputs = tf.nn.leaky_relu(inputs, slope)

        def gradient(change):
            change = tf.raw_ops.LeakyReluGrad(
                gradients=tf.cast(change, tf.float32),
                features=tf.cast(outputs, tf.float32),  # Of the inputs' signs.
                alpha=slope,
            )
            return tf.cast(change, outputs.dtype)

        return outputs, gradient

    return activate(inputs)


def kernel_gradients_gain(large_sides):
    """Return whether `halve_side` and `double_side` are faster for bfloat16 maps.

    Args:
        large_sides: height and width of the larger maps, pixels.
    """
    if tf.config.list_physical_devices("GPU"):
        return False
    return all(side % 2 == 0 and side <= LARGEST_SIDE for side in large_sides)


@tf.custom_gradient
def halve_side(large, kernel):
    """Convolve maps `[B, H, W, C]` by a kernel `[4, 4, C, F]` to `[B, H/2, W/2, F]`.

    The kernel's gradient is four products of matrices, up to three times as fast as
    TensorFlow's own in bfloat16.
    """

    def gradients(small):
        size = (tf.shape(small)[0], *large.shape[1:])
        return (
            tf.nn.conv2d_transpose(small, kernel, size, 2),
            _kernel_gradient(large, small),
        )

    return tf.nn.conv2d(large, kernel, 2, "SAME"), gradients


@tf.custom_gradient
def double_side(small, kernel):
    """Convolve maps `[B, H, W, C]` by a kernel `[4, 4, F, C]` to `[B, 2H, 2W, F]`.

    Gradients are those of `halve_side`.
    """

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
