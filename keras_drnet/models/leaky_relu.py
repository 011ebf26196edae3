"""Leaky ReLU whose gradient is fast in bfloat16 on a CPU."""

import keras


@keras.saving.register_keras_serializable(package="keras_drnet")
class LeakyReLU(keras.layers.LeakyReLU):
    """Keras' leaky ReLU.

    TensorFlow's gradient of bfloat16 maps is by far slower on a CPU than that of
    float32 maps, the conversions included.
    """

    def call(self, inputs):
        """Multiply what is negative by the slope."""
        if _leaky_relu and self.compute_dtype == "bfloat16":
            return _leaky_relu(inputs, self.negative_slope)
        return super().call(inputs)


_leaky_relu = None
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    def _leaky_relu(inputs, slope):
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
