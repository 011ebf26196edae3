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
from keras_drnet.models.pose_lstm import CHANGE_SCALE, PAST_POSES, last_changes
from keras_drnet.models.pose_rollout import standing_poses


class SplitPoseLSTM(tf.Module):
    """The pose LSTM of trained networks, for inference.

    The embedding is linear, so it and the first layer's kernel are one matrix; its
    part for the content gives the *content gates*, which are computed only once.

    Where each part is predicted alone, content gates and states hold those of all
    parts, one after the other.

    Attributes:
        gates_dim: length of the content gates, 4U, of a layer's U units for all parts.
        state_dims: lengths of a state's tensors by name: `hidden` and `carry` of each
            layer, and `past_poses` where the LSTM reads changes.
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
        self.state_dims = {x.name: x.shape[-1] for x in tf.nest.flatten(state)}
        self.gates_dim = 4 * state[0][0].shape[-1]
        output = pose_lstm.get_layer("next_pose")
        part_dim = output.units
        self._num_parts = pose_dim // part_dim
        self._predicts_change = output.activation is keras.activations.linear
        # An LSTM that does not read content has gates that are the same for all.
        content_dim = content.shape[-1] // self._num_parts
        changes_dim = self.state_dims.get(PAST_POSES, 0) // self._num_parts
        self._reads_changes = changes_dim > 0
        motion_dim = part_dim + changes_dim
        missing = motion_dim + content_dim - len(embedding)
        embedding = np.pad(embedding, ((0, missing), (0, 0)))
        embedding[part_dim:motion_dim] *= CHANGE_SCALE
        self._kernels, self._biases = [], []
        for i, _ in enumerate(self._layer_names(), 1):
            kernel, recurrent, bias = _weights(pose_lstm, f"lstm{i}")
            if i == 1:
                self._content_kernel = _constant(embedding[motion_dim:] @ kernel)
                bias = embedding_bias @ kernel + bias
                kernel = embedding[:motion_dim] @ kernel
            self._kernels.append(_constant(np.concatenate([kernel, recurrent])))
            self._biases.append(_constant(bias))
        kernel, bias = _weights(pose_lstm, "next_pose")
        if self._reads_changes:
            (linear,) = _weights(pose_lstm, "linear_prediction")
            linear[part_dim:] *= CHANGE_SCALE
            kernel = np.concatenate([kernel, linear])
        self._output = _constant(kernel), _constant(bias)
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

    def initial_state(self, pose):
        """Return the state before the first pose `[B, Dp]` of some clips, by name."""
        state = {
            name: tf.zeros((pose.shape[0] or tf.shape(pose)[0], dim))
            for name, dim in self.state_dims.items()
        }
        if self._reads_changes:
            rows = self._rows(pose)
            num_past = self.state_dims[PAST_POSES] // pose.shape[-1]
            state[PAST_POSES] = standing_poses(rows, num_past, self._num_parts)
        return state

    @tf.Module.with_name_scope
    def step(self, pose, content_gates, state):
        """Predict the pose after a pose.

        Args:
            pose: `[B, Dp]`.
            content_gates: `[B, 4U]`, of `content_gates`.
            state: a dict of `state_dims`' names to tensors of their lengths.

        Returns:
            `(next_pose, next_state)`, of the same shapes.
        """
        num_parts = self._num_parts
        rows = self._rows(pose)
        motion, next_state = [rows], {}
        if self._reads_changes:
            past = rows_of_parts(state[PAST_POSES], num_parts)
            changes, past = last_changes(past, rows)
            motion.append(changes)
            next_state[PAST_POSES] = join_rows(past, num_parts)
        gates_bias, x = rows_of_parts(content_gates, num_parts), motion
        for i, names in enumerate(self._layer_names()):
            hidden, carry = (rows_of_parts(state[name], num_parts) for name in names)
            if i > 0:
                gates_bias = self._biases[i]
            gates = tf.matmul(tf.concat([*x, hidden], axis=-1), self._kernels[i])
            gates += gates_bias
            # Not `tf.split`: quantization cannot leave out operators of many outputs.
            num_units = hidden.shape[-1]
            input_gate, forget_gate, candidate, output_gate = (
                gates[:, k * num_units : (k + 1) * num_units] for k in range(4)
            )
            kept = tf.sigmoid(forget_gate) * carry
            carry = kept + tf.sigmoid(input_gate) * tf.tanh(candidate)
            hidden = tf.sigmoid(output_gate) * tf.tanh(carry)
            x = [hidden]
            for name, value in zip(names, (hidden, carry), strict=True):
                next_state[name] = join_rows(value, num_parts)
        x = tf.concat([hidden, *motion], axis=-1) if self._reads_changes else hidden
        x = _affine(x, *self._output)
        x = rows + x if self._predicts_change else tf.tanh(x)
        return _affine(rows_as_poses(x, num_parts), *self._from_range), next_state

    def _rows(self, pose):
        """Return normalized poses, a row for each part."""
        normalized = tf.matmul(_affine(pose, *self._centered), self._to_range)
        return poses_as_rows(normalized, self._num_parts)

    def _layer_names(self):
        """Return the names of each layer's state."""
        names = [name for name in self.state_dims if name != PAST_POSES]
        return list(zip(names[::2], names[1::2], strict=True))


def _affine(x, kernel, bias):
    return tf.matmul(x, kernel) + bias


def _weights(model, name):
    weights = model.get_layer(name).get_weights()
    return [np.asarray(weight, np.float64) for weight in weights]


def _constant(array):
    return tf.Variable(array, dtype=tf.float32, trainable=False)
