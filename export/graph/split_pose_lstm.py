"""A trained pose LSTM, split into a part for each content and a part for each step."""

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.models.part_poses import (
    join_rows,
    poses_as_rows,
    rows_as_poses,
    rows_of_parts,
)


class SplitPoseLSTM(tf.Module):
    """The pose LSTM of trained networks, for inference.

    The embedding is linear, so it and the first layer's kernel are one matrix; its
    part for the content gives the *content gates*, which are computed only once.

    Where each part is predicted alone, content gates and states hold those of all
    parts, one after the other.

    Attributes:
        num_layers: LSTM layers.
        state_dim: length of a state, the units of a layer for all parts, U.
    """

    def __init__(self, pose_lstm, pose_dim):
        """Fold the weights of a pose LSTM.

        Args:
            pose_lstm: model of `keras_drnet.models.pose_lstm`.
            pose_dim: length Dp of the pose.
        """
        super().__init__(name="split_pose_lstm")
        embedding, embedding_bias = _weights(pose_lstm, "embedding")
        _, content, state = pose_lstm.input
        self.num_layers, self.state_dim = len(state), state[0][0].shape[-1]
        output = pose_lstm.get_layer("next_pose")
        part_dim = output.units
        self._num_parts = pose_dim // part_dim
        self._predicts_change = output.activation is keras.activations.linear
        # An LSTM that does not read content has gates that are the same for all.
        content_dim = content.shape[-1] // self._num_parts
        missing = part_dim + content_dim - len(embedding)
        embedding = np.pad(embedding, ((0, missing), (0, 0)))
        self._kernels, self._biases = [], []
        for i in range(1, self.num_layers + 1):
            kernel, recurrent, bias = _weights(pose_lstm, f"lstm{i}")
            if i == 1:
                self._content_kernel = _constant(embedding[part_dim:] @ kernel)
                bias = embedding_bias @ kernel + bias
                kernel = embedding[:part_dim] @ kernel
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
        gates = _affine(
            rows_of_parts(content, self._num_parts),
            self._content_kernel,
            self._biases[0],
        )
        return join_rows(gates, self._num_parts)

    def initial_state(self, batch_size):
        """Return zeros: a list of one `(hidden, carry)` of `[B, U]` for each layer."""
        zeros = tf.zeros((batch_size, self.state_dim))
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
        num_parts = self._num_parts
        num_units = self.state_dim // num_parts
        x = tf.matmul(_affine(pose, *self._centered), self._to_range)
        x = rows = poses_as_rows(x, num_parts)
        gates_bias, next_state = rows_of_parts(content_gates, num_parts), []
        for i, layer in enumerate(state):
            hidden, carry = (rows_of_parts(value, num_parts) for value in layer)
            if i > 0:
                gates_bias = self._biases[i]
            gates = tf.matmul(tf.concat([x, hidden], axis=-1), self._kernels[i])
            gates += gates_bias
            # Not `tf.split`: quantization cannot leave out operators of many outputs.
            input_gate, forget_gate, candidate, output_gate = (
                gates[:, k * num_units : (k + 1) * num_units] for k in range(4)
            )
            kept = tf.sigmoid(forget_gate) * carry
            carry = kept + tf.sigmoid(input_gate) * tf.tanh(candidate)
            x = tf.sigmoid(output_gate) * tf.tanh(carry)
            next_state.append((join_rows(x, num_parts), join_rows(carry, num_parts)))
        x = _affine(x, *self._output)
        x = rows + x if self._predicts_change else tf.tanh(x)
        return _affine(rows_as_poses(x, num_parts), *self._from_range), next_state


def _affine(x, kernel, bias):
    return tf.matmul(x, kernel) + bias


def _weights(model, name):
    weights = model.get_layer(name).get_weights()
    return [np.asarray(weight, np.float64) for weight in weights]


def _constant(array):
    return tf.Variable(array, dtype=tf.float32, trainable=False)
