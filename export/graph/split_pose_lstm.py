"""A trained pose LSTM, split into a part for each content and a part for each step."""

import numpy as np
import tensorflow as tf


class SplitPoseLSTM(tf.Module):
    """The pose LSTM of trained networks, for inference.

    The embedding is linear, so it and the first layer's kernel are one matrix; its
    part for the content gives the *content gates*, which are computed only once.

    Attributes:
        num_units: units of a layer.
        num_layers: LSTM layers.
    """

    def __init__(self, pose_lstm, pose_dim):
        """Fold the weights of a pose LSTM.

        Args:
            pose_lstm: model of `keras_drnet.models.pose_lstm`.
            pose_dim: length Dp of the pose.
        """
        super().__init__(name="split_pose_lstm")
        embedding, embedding_bias = _weights(pose_lstm, "embedding")
        _, _, state = pose_lstm.input
        self.num_layers, self.num_units = len(state), state[0][0].shape[-1]
        self._kernels, self._biases = [], []
        for i in range(1, self.num_layers + 1):
            kernel, recurrent, bias = _weights(pose_lstm, f"lstm{i}")
            if i == 1:
                self._content_kernel = _constant(embedding[pose_dim:] @ kernel)
                bias = embedding_bias @ kernel + bias
                kernel = embedding[:pose_dim] @ kernel
            self._kernels.append(_constant(np.concatenate([kernel, recurrent])))
            self._biases.append(_constant(bias))
        self._output = [_constant(w) for w in _weights(pose_lstm, "next_pose")]
        center, scale = _weights(pose_lstm, "pose_range")
        # As products with diagonal matrices: element by element, tflite-runtime 2.14
        # gives wrong numbers if the constants are float16.
        self._centered = _constant(np.eye(pose_dim)), _constant(-center)
        self._to_range = _constant(np.diag(1 / scale))
        self._from_range = _constant(np.diag(scale)), _constant(center)

    @tf.Module.with_name_scope
    def content_gates(self, content):
        """Return what content `[B, Dc]` adds to the first layer's gates, `[B, 4U]`."""
        return _affine(content, self._content_kernel, self._biases[0])

    def initial_state(self, batch_size):
        """Return zeros: a list of one `(hidden, carry)` of `[B, U]` for each layer."""
        zeros = tf.zeros((batch_size, self.num_units))
        return [(zeros, zeros)] * self.num_layers

    @tf.Module.with_name_scope
    def step(self, pose, content_gates, state):
        """Predict the pose after a pose.

        Args:
            pose: `[B, Dp]`.
            content_gates: `[B, 4U]`, of `content_gates`.
            state: a list of `(hidden, carry)`, each `[B, U]`.

        Returns:
            `(next_pose, next_state)`, of the same shapes.
        """
        x = tf.matmul(_affine(pose, *self._centered), self._to_range)
        gates_bias, next_state = content_gates, []
        for i, (hidden, carry) in enumerate(state):
            if i > 0:
                gates_bias = self._biases[i]
            gates = tf.matmul(tf.concat([x, hidden], axis=-1), self._kernels[i])
            gates += gates_bias
            # Not `tf.split`: quantization cannot leave out operators of many outputs.
            input_gate, forget_gate, candidate, output_gate = (
                gates[:, k * self.num_units : (k + 1) * self.num_units]
                for k in range(4)
            )
            kept = tf.sigmoid(forget_gate) * carry
            carry = kept + tf.sigmoid(input_gate) * tf.tanh(candidate)
            x = tf.sigmoid(output_gate) * tf.tanh(carry)
            next_state.append((x, carry))
        x = tf.tanh(_affine(x, *self._output))
        return _affine(x, *self._from_range), next_state


def _affine(x, kernel, bias):
    return tf.matmul(x, kernel) + bias


def _weights(model, name):
    weights = model.get_layer(name).get_weights()
    return [np.asarray(weight, np.float64) for weight in weights]


def _constant(array):
    return tf.Variable(array, dtype=tf.float32, trainable=False)
