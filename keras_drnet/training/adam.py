"""Adam whose step of a variable is one operation on TensorFlow."""

import keras


@keras.saving.register_keras_serializable(package="keras_drnet")
class Adam(keras.optimizers.Adam):
    """Keras' Adam, about three times as fast on a CPU.

    State, arguments and steps are those of Keras' optimizer, which makes a step of some
    ten operations that each read and write all weights. On another backend, and with
    `amsgrad`, it makes the step.
    """

    def update_step(self, gradient, variable, learning_rate):
        """Move a variable against its gradient."""
        if not _apply_adam or self.amsgrad:
            super().update_step(gradient, variable, learning_rate)
            return
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, variable.dtype)
        _apply_adam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=self.beta_1**step,
            beta2_power=self.beta_2**step,
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(gradient, variable.dtype),
        )


_apply_adam = None
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    _apply_adam = tf.raw_ops.ResourceApplyAdam
