"""One step of a convolutional LSTM, with an explicit state."""

import keras
from keras import ops

FORGET_BIAS = 1.0  # Added to the forget gate, so that a new cell remembers.


def conv_lstm(x, state, kernel_size, *, dtype, name):
    """Apply one step of an LSTM whose matrix products are convolutions.

    Input and hidden map are joined and convolved once for all four gates; the maps
    keep their sides. No gate sees the carry.

    Reference: Shi et al., *Convolutional LSTM Network*, NIPS 2015, without peepholes.

    Args:
        x: map `[B, H, W, C]`.
        state: `(hidden, carry)`, each `[B, H, W, filters]`, zero at first.
        kernel_size: side of the kernel, pixels.
        dtype: dtype policy of the convolution. The state is float32 under any
            policy: half precision would add up over the steps.
        name: prefix of the layers' names.

    Returns:
        The next `(hidden, carry)`; the hidden map is what the step puts out.
    """
    hidden, carry = state
    x = keras.layers.Concatenate(dtype=dtype, name=f"{name}_maps")([x, hidden])
    x = keras.layers.Conv2D(
        4 * hidden.shape[-1],
        kernel_size,
        padding="same",
        dtype=dtype,
        name=f"{name}_conv",
    )(x)
    return LSTMGates(dtype="float32", name=f"{name}_gates")(x, carry)


@keras.saving.register_keras_serializable("keras_drnet")
class LSTMGates(keras.layers.Layer):
    """Update of an LSTM's state from the gates' inputs."""

    def call(self, gates, carry):
        """Apply the gates to the state.

        Args:
            gates: `[..., 4 * units]`, inputs of the input gate, the new values, the
                forget gate and the output gate.
            carry: `[..., units]`.

        Returns:
            The next `(hidden, carry)`, each `[..., units]`.
        """
        enter, new, forget, leave = ops.split(gates, 4, axis=-1)
        carry = carry * ops.sigmoid(forget + FORGET_BIAS)
        carry += ops.sigmoid(enter) * ops.tanh(new)
        return ops.tanh(carry) * ops.sigmoid(leave), carry
