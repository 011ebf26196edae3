"""A trained pose LSTM, split into what content adds once and what a step costs."""

import numpy as np
import tensorflow as tf


class SplitPoseLSTM(tf.Module):
    """The pose LSTM of trained networks, for inference.

    The embedding is linear, so it and the first layer's kernel are one matrix, whose
    part for the content gives the *content gates* once.

    Attributes:
        num_units: units of a layer.
        num_layers: LSTM layers.
    """

    def __init__(self, pose_lstm, pose_dim):
        """Folds the weights of a pose LSTM.

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
        self._output_kernel, self._output_bias = map(
            _constant, _weights(pose_lstm, "next_pose")
        )
        pose_range = pose_lstm.get_layer("pose_range")
        self._center = _constant(pose_range.center)
        self._scale = _constant(pose_range.scale)

    @tf.Module.with_name_scope
    def content_gates(self, content):
        """Returns what content `[B, Dc]` adds to the first layer's gates, `[B, 4U]`."""
        return tf.matmul(content, self._content_kernel) + self._biases[0]

    def initial_state(self, batch_size):
        """Returns zeros: a list of one `(hidden, carry)` of `[B, U]` for each layer."""
        zeros = tf.zeros((batch_size, self.num_units))
        return [(zeros, zeros)] * self.num_layers

    @tf.Module.with_name_scope
    def step(self, pose, content_gates, state):
        """Predicts the pose after a pose.

        Args:
            pose: `[B, Dp]`.
            content_gates: `[B, 4U]`, of `content_gates`.
            state: a list of `(hidden, carry)`, each `[B, U]`.

        Returns:
            `(next_pose, next_state)`, alike.
        """
        x = (pose - self._center) / self._scale
        gates_bias, next_state = content_gates, []
        for i, (hidden, carry) in enumerate(state):
            if i > 0:
                gates_bias = self._biases[i]
            gates = tf.matmul(tf.concat([x, hidden], axis=-1), self._kernels[i])
            admit, forget, candidate, emit = tf.split(gates + gates_bias, 4, axis=-1)
            carry = tf.sigmoid(forget) * carry + tf.sigmoid(admit) * tf.tanh(candidate)
            x = tf.sigmoid(emit) * tf.tanh(carry)
            next_state.append((x, carry))
        x = tf.tanh(tf.matmul(x, self._output_kernel) + self._output_bias)
        return self._center + self._scale * x, next_state


def _weights(model, name):
    return [np.float64(weight) for weight in model.get_layer(name).get_weights()]


def _constant(array):
    return tf.Variable(array, dtype=tf.float32, trainable=False)
