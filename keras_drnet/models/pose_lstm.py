"""The pose LSTM: one step of prediction in pose space, its state explicit."""

import keras

from keras_drnet.models import blocks


def build_pose_lstm(
    pose_dim, content_dim, num_units=256, num_layers=2, *, dtype="float32"
):
    """Builds one step of the pose LSTM of Denton & Birodkar (2017), section 3.3.

    A linear embedding of pose and content, LSTM layers, and a linear layer with a
    tanh. The state goes in and out, so that the same step serves training,
    roll-out and export; `pose_rollout.initial_state` makes the first one.

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
    x = keras.layers.Concatenate(dtype=dtype, name="codes")([pose, content])
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
    return keras.Model(
        (pose, content, state), (next_pose, tuple(next_state)), name="pose_lstm"
    )
