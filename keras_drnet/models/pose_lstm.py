"""The pose LSTM: one step of prediction in pose space, its state explicit."""

import keras
from keras import ops

from keras_drnet.models import blocks

DEVIATIONS = 3.0  # Standard deviations from the mean to the end of the range.


@keras.saving.register_keras_serializable("keras_drnet")
class PoseRange(keras.layers.Layer):
    """Maps the poses that occur to about (-1, 1), and back.

    The adversarial loss may leave a pose encoder only a small part of (-1, 1): a
    tanh and a linear layer on raw poses then see little and learn slowly. Before
    `adapt` is called this is the identity.
    """

    def build(self, shape):
        self.center = self.add_weight(
            shape=shape[-1:], initializer="zeros", trainable=False, name="center"
        )
        self.scale = self.add_weight(
            shape=shape[-1:], initializer="ones", trainable=False, name="scale"
        )

    def adapt(self, poses):
        """Take the range of each number of the pose from poses `[..., Dp]`."""
        poses = ops.reshape(poses, (-1, poses.shape[-1]))
        self.center.assign(ops.mean(poses, axis=0))
        # A number that never changes keeps a range, if a very small one.
        self.scale.assign(DEVIATIONS * ops.std(poses, axis=0) + 1e-3)

    def call(self, pose, inverse=False):
        if inverse:
            return self.center + self.scale * pose
        return (pose - self.center) / self.scale


def build_pose_lstm(
    pose_dim, content_dim, num_units=256, num_layers=2, *, dtype="float32"
):
    """Build one step of the pose LSTM of Denton & Birodkar (2017), section 3.3.

    A linear embedding of pose and content, LSTM layers, and a linear layer with a
    tanh; poses are read and predicted in the `PoseRange` of the layer `pose_range`,
    which is the whole of (-1, 1) at first, as in the paper. The state goes in and
    out, so that the same step serves training, roll-out and export;
    `pose_rollout.initial_state` makes the first one.

    Args:
        pose_dim: length Dp of the pose code.
        content_dim: length Dc of the content code.
        num_units: units of the embedding and of each LSTM layer.
        num_layers: LSTM layers.
        dtype: dtype policy of the layers. The pose is float32 under any policy.

    Returns:
        A `keras.Model` from `(pose, content, state)` to `(next_pose, next_state)`.
        pose `[B, Dp]` in (-1, 1); content `[B, Dc]`; state a tuple of one
        `(hidden, carry)` pair of `[B, num_units]` for each layer.
    """
    pose = keras.Input((pose_dim,), name="pose")
    content = keras.Input((content_dim,), name="content")
    state = tuple(
        (
            keras.Input((num_units,), name=f"hidden{i + 1}"),
            keras.Input((num_units,), name=f"carry{i + 1}"),
        )
        for i in range(num_layers)
    )
    pose_range = PoseRange(dtype="float32", name="pose_range")
    x = keras.layers.Concatenate(dtype=dtype, name="codes")([pose_range(pose), content])
    x = keras.layers.Dense(
        num_units,
        kernel_initializer=blocks.kernel_initializer(),
        dtype=dtype,
        name="embedding",
    )(x)
    next_state = []
    for i, layer_state in enumerate(state):
        cell = keras.layers.LSTMCell(num_units, dtype=dtype, name=f"lstm{i + 1}")
        x, layer_state = cell(x, list(layer_state))
        next_state.append(tuple(layer_state))
    next_pose = keras.layers.Dense(
        pose_dim,
        activation="tanh",
        kernel_initializer=blocks.kernel_initializer(),
        dtype="float32",
        name="next_pose",
    )(x)
    next_pose = pose_range(next_pose, inverse=True)
    return keras.Model(
        (pose, content, state), (next_pose, tuple(next_state)), name="pose_lstm"
    )
