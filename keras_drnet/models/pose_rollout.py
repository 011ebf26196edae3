"""Roll-out of the pose LSTM: on observed poses, then on its own predictions."""

from keras import ops

from keras_drnet.models.encode import encode_content, encode_frames
from keras_drnet.models.part_poses import join_rows, poses_as_rows
from keras_drnet.models.pose_lstm import PAST_POSES, POSE_NORMALIZATION


def initial_state(pose_lstm, pose):
    """Return a pose LSTM's state before the first pose of some clips.

    Args:
        pose_lstm: model of `models.pose_lstm`.
        pose: the first pose, `[B, Dp]`.

    Returns:
        The state that `build_pose_lstm` describes: zeros for each layer, and past poses
        that did not change.
    """
    _, _, state = pose_lstm.input
    batch_size = ops.shape(pose)[0]
    first = []
    for tensors in state:
        if tensors[0].name == PAST_POSES:
            num_parts = pose.shape[-1] // pose_lstm.get_layer("next_pose").units
            normalized = pose_lstm.get_layer(POSE_NORMALIZATION)(pose)
            rows = poses_as_rows(normalized, num_parts)
            num_past = tensors[0].shape[-1] // pose.shape[-1]
            first.append((standing_poses(rows, num_past, num_parts),))
        else:
            zeros = [ops.zeros((batch_size, x.shape[-1]), x.dtype) for x in tensors]
            first.append(tuple(zeros))
    return tuple(first)


def standing_poses(rows, num_past, num_parts):
    """Return the past poses of what has not moved yet, a part of the LSTM's state.

    Args:
        rows: normalized poses, a row for each part, `[B K, Dp / K]`.
        num_past: number of past poses, N.
        num_parts: number of parts, K.

    Returns:
        `[B, N * Dp]`.
    """
    return join_rows(ops.tile(rows, (1, num_past)), num_parts)


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
    poses = encode_frames(networks.pose_encoder, past)
    next_poses, state = observe(
        networks.pose_lstm,
        poses,
        content[0],
        initial_state(networks.pose_lstm, poses[:, 0]),
    )
    return content, next_poses[:, -1], state


def observe(pose_lstm, poses, content, state, *, training=False):
    """Predict, after each of the given poses, the pose that comes next.

    Args:
        pose_lstm: model of `models.pose_lstm`.
        poses: `[B, T, Dp]`, with static T.
        content: `[B, Dc]`.
        state: state before the first pose.
        training: whether the LSTM's dropout is active.

    Returns:
        `(next_poses, state)`: `[B, T, Dp]`, of which the t-th follows `poses[:, t]`,
        and the state after the last pose.
    """
    next_poses = []
    for t in range(poses.shape[1]):
        inputs = (poses[:, t], content, state)
        next_pose, state = pose_lstm(inputs, training=training)
        next_poses.append(next_pose)
    return ops.stack(next_poses, axis=1), state


def observe_and_continue(pose_lstm, past_poses, content, num_future, *, training=False):
    """Predict next poses from observed ones, then from its own predictions.

    Args:
        pose_lstm: model of `models.pose_lstm`.
        past_poses: `[B, num_past, Dp]`, with static num_past.
        content: `[B, Dc]`, of the last observed frame.
        num_future: number of poses to predict after the observed ones, at least 1.
        training: whether the LSTM's dropout is active.

    Returns:
        `[B, num_past - 1 + num_future, Dp]`: what is predicted to follow the first,
        the second, ... observed pose and then each predicted one.
    """
    state = initial_state(pose_lstm, past_poses[:, 0])
    next_poses, state = observe(
        pose_lstm, past_poses, content, state, training=training
    )
    pose = next_poses[:, -1]
    future = []
    for _ in range(num_future - 1):
        pose, state = pose_lstm((pose, content, state), training=training)
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
