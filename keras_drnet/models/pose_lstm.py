"""Pose LSTM: one step of prediction in pose space, with an explicit state."""

import keras
from keras import ops

from keras_drnet.models import blocks
from keras_drnet.models.part_poses import (
    join_rows,
    poses_as_rows,
    rows_as_poses,
    rows_of_parts,
)

DEVIATIONS = 3.0  # Standard deviations that are mapped to 1.
CHANGE_SCALE = 10.0  # From one frame to the next a pose changes by little.
# The layer's name in every network that has it, and so in files of weights.
POSE_NORMALIZATION = "pose_range"
PAST_POSES = "past_poses"  # The part of the state that is no layer's.


# The registered name is that of release 0.1.0, which saved models have.
@keras.saving.register_keras_serializable("keras_drnet", name="PoseRange")
class PoseNormalization(keras.layers.Layer):
    """Affine map of the poses that occur to about (-1, 1), and its inverse.

    With the adversarial loss the poses may fill a small part of (-1, 1) only, on which
    a linear layer and a tanh learn slowly. Before `adapt` is called this is the
    identity.
    """

    def build(self, shape):
        self.center = self.add_weight(
            shape=shape[-1:], initializer="zeros", trainable=False, name="center"
        )
        self.scale = self.add_weight(
            shape=shape[-1:], initializer="ones", trainable=False, name="scale"
        )

    def adapt(self, poses):
        """Set mean and deviation of each element of the pose from poses `[..., Dp]`."""
        poses = ops.reshape(poses, (-1, poses.shape[-1]))
        self.center.assign(ops.mean(poses, axis=0))
        # Above 0 for an element that never changes, too.
        self.scale.assign(DEVIATIONS * ops.std(poses, axis=0) + 1e-3)

    def call(self, pose, inverse=False):
        if inverse:
            return self.center + self.scale * pose
        return (pose - self.center) / self.scale


def build_pose_lstm(
    pose_dim,
    content_dim,
    num_units=256,
    num_layers=2,
    *,
    num_parts=1,
    predicts_change=False,
    reads_content=True,
    reads_changes=0,
    dropout=0.0,
    dtype="float32",
):
    """Build one step of the pose LSTM of Denton & Birodkar (2017), section 3.3.

    A linear embedding of pose and content, LSTM layers, and a linear layer with a
    tanh. Poses are normalized before the embedding and denormalized at the end by a
    `PoseNormalization`, the identity at first, as in the paper. The state is an input
    and an output, so that the same step serves training, roll-out and export;
    `pose_rollout.initial_state` makes the first one.

    With more parts than one, not in the paper, each part's next pose is predicted from
    its own pose and content alone, all with the same weights. Three more ways that are
    not in the paper are for poses with positions. An LSTM that predicts the change of a
    pose keeps what does not move where it is, to a fraction of a pixel; its last layer
    has no tanh. One that does not read content cannot learn the ways of single clips by
    heart. One that reads the last changes of the pose does not have to remember
    velocities; what it gives is then added to a linear prediction from the same.

    Args:
        pose_dim: length Dp of the pose code.
        content_dim: length Dc of the content code.
        num_units: units of the embedding and of each LSTM layer, for a part.
        num_layers: LSTM layers.
        num_parts: number of parts, K, that are predicted alone; 1 predicts the whole
            pose.
        predicts_change: whether the last layer gives the change of the normalized pose,
            not the next one.
        reads_content: whether the next pose depends on content.
        reads_changes: number N of last changes of the pose that are read; 0 for none.
            Only with `predicts_change`.
        dropout: share of each LSTM layer's inputs that are dropped in training, the
            same ones for all poses of a clip (Gal & Ghahramani, NIPS 2016), if whoever
            trains begins a clip with `forget_dropped`.
        dtype: dtype policy of the layers. The pose is float32 under any policy.

    Returns:
        A `keras.Model` from `(pose, content, state)` to `(next_pose, next_state)`.
        pose `[B, Dp]`, in (-1, 1) where it is encoded; content `[B, Dc]`; state a tuple
        of one `(hidden, carry)` pair of `[B, K * num_units]` for each layer; with N
        changes also `(past_poses,)`, `[B, N * Dp]`, the normalized poses before, part
        by part, oldest first.
    """
    pose = keras.Input((pose_dim,), name="pose")
    content = keras.Input((content_dim,), name="content")
    state = tuple(
        (
            keras.Input((num_parts * num_units,), name=f"hidden{i + 1}"),
            keras.Input((num_parts * num_units,), name=f"carry{i + 1}"),
        )
        for i in range(num_layers)
    )
    normalization = PoseNormalization(dtype="float32", name=POSE_NORMALIZATION)
    rows = poses_as_rows(normalization(pose), num_parts)
    motion = [rows]
    if reads_changes:
        past_poses = keras.Input((reads_changes * pose_dim,), name=PAST_POSES)
        changes, past = last_changes(rows_of_parts(past_poses, num_parts), rows)
        motion.append(CHANGE_SCALE * changes)
    codes = [*motion, rows_of_parts(content, num_parts)] if reads_content else motion
    x = _join(codes, dtype=dtype, name="codes")
    x = keras.layers.Dense(
        num_units,
        kernel_initializer=blocks.kernel_initializer(),
        dtype=dtype,
        name="embedding",
    )(x)
    next_state = []
    for i, layer_state in enumerate(state):
        cell = keras.layers.LSTMCell(
            num_units, dropout=dropout, dtype=dtype, name=f"lstm{i + 1}"
        )
        states = [rows_of_parts(value, num_parts) for value in layer_state]
        x, states = cell(x, states)
        next_state.append(tuple(join_rows(value, num_parts) for value in states))
    next_pose = keras.layers.Dense(
        pose_dim // num_parts,
        activation=None if predicts_change else "tanh",
        kernel_initializer=blocks.kernel_initializer(),
        dtype="float32",
        name="next_pose",
    )(x)
    if reads_changes:
        state += ((past_poses,),)
        next_state.append((join_rows(past, num_parts),))
        # From zero: by chance it would multiply poses from step to step.
        next_pose += keras.layers.Dense(
            pose_dim // num_parts,
            use_bias=False,
            kernel_initializer="zeros",
            dtype="float32",
            name="linear_prediction",
        )(_join(motion, dtype="float32", name="motion"))
    if predicts_change:
        next_pose += rows
    next_pose = normalization(rows_as_poses(next_pose, num_parts), inverse=True)
    return keras.Model(
        (pose, content, state), (next_pose, tuple(next_state)), name="pose_lstm"
    )


def lstm_cells(pose_lstm):
    """Return the LSTM layers of a pose LSTM, in their order."""
    return [x for x in pose_lstm.layers if isinstance(x, keras.layers.LSTMCell)]


def forget_dropped(pose_lstm):
    """Have dropout choose anew what it drops, for the next clips."""
    for cell in lstm_cells(pose_lstm):
        cell.reset_dropout_mask()


def last_changes(past_rows, rows):
    """Return the last changes of normalized poses, and the poses before the next one.

    Args:
        past_rows: `[B K, N Dp / K]`, the N poses before, oldest first.
        rows: `[B K, Dp / K]`, the pose that follows them.

    Returns:
        `(changes, past_rows)`, both `[B K, N Dp / K]`.
    """
    poses = ops.concatenate([past_rows, rows], axis=-1)
    past_rows = poses[:, rows.shape[-1] :]
    return past_rows - poses[:, : -rows.shape[-1]], past_rows


def _join(values, **kwargs):
    if len(values) == 1:
        return values[0]
    return keras.layers.Concatenate(**kwargs)(values)
