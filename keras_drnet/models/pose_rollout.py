"""Roll-out of the pose LSTM: on observed poses, then on its own predictions."""

from keras import ops

from keras_drnet.models.encode import encode_content, encode_frames


def initial_state(pose_lstm, batch_size):
    """Return the zero state of a pose LSTM for `batch_size` clips.

    Args:
        pose_lstm: model of `models.pose_lstm`.
        batch_size: number of clips, B.

    Returns:
        A tuple with one `(hidden, carry)` pair of `[B, num_units]` for each layer.
    """
    _, _, state = pose_lstm.input
    return tuple(
        tuple(ops.zeros((batch_size, x.shape[-1]), dtype=x.dtype) for x in layer)
        for layer in state
    )


def prime(networks, past):
    """Encode observed frames and predict the pose after the last one.

    Args:
        networks: `Networks`.
        past: `[B, T, H, W, C]`, with static T.

    Returns:
        `(content, pose, state)`: what the decoder reads, the pair of content and
        skips; the next pose `[B, Dp]`; and the LSTM's state.
    """
    content = encode_content(networks.content_encoder, past)
    next_poses, state = observe(
        networks.pose_lstm,
        encode_frames(networks.pose_encoder, past),
        content[0],
        initial_state(networks.pose_lstm, ops.shape(past)[0]),
    )
    return content, next_poses[:, -1], state


def observe(pose_lstm, poses, content, state):
    """Predict, after each of the given poses, the pose that comes next.

    Args:
        pose_lstm: model of `models.pose_lstm`.
        poses: `[B, T, Dp]`, with static T.
        content: `[B, Dc]`.
        state: state before the first pose.

    Returns:
        `(next_poses, state)`: `[B, T, Dp]`, of which the t-th follows `poses[:, t]`,
        and the state after the last pose.
    """
    next_poses = []
    for t in range(poses.shape[1]):
        next_pose, state = pose_lstm((poses[:, t], content, state))
        next_poses.append(next_pose)
    return ops.stack(next_poses, axis=1), state


def observe_and_continue(pose_lstm, past_poses, content, num_future):
    """Predict next poses from observed ones, then from its own predictions.

    Args:
        pose_lstm: model of `models.pose_lstm`.
        past_poses: `[B, num_past, Dp]`, with static num_past.
        content: `[B, Dc]`, of the last observed frame.
        num_future: number of poses to predict after the observed ones, at least 1.

    Returns:
        `[B, num_past - 1 + num_future, Dp]`: what is predicted to follow the first,
        the second, ... observed pose and then each predicted one.
    """
    state = initial_state(pose_lstm, ops.shape(past_poses)[0])
    next_poses, state = observe(pose_lstm, past_poses, content, state)
    pose = next_poses[:, -1]
    future = []
    for _ in range(num_future - 1):
        pose, state = pose_lstm((pose, content, state))
        future.append(pose[:, None])
    return ops.concatenate([next_poses, *future], axis=1)


def roll_out(pose_lstm, past_poses, content, num_future):
    """Predict the poses after the observed ones, feeding each prediction back.

    Arguments are those of `observe_and_continue`.

    Returns:
        `[B, num_future, Dp]`.
    """
    next_poses = observe_and_continue(pose_lstm, past_poses, content, num_future)
    return next_poses[:, past_poses.shape[1] - 1 :]
