"""The poses of whole clips."""

import tensorflow as tf


def encode_poses(pose_encoder, clips):
    """Encode every frame of clips, in inference mode.

    Args:
        pose_encoder: model of `keras_drnet.models.pose_encoder`.
        clips: `[B, T, H, W, C]`, with static T.

    Returns:
        Poses `[B, T, Dp]`.
    """
    num_frames, *frame = clips.shape[1:]
    poses = pose_encoder(tf.reshape(clips, (-1, *frame)), training=False)
    return tf.reshape(poses, (-1, num_frames, poses.shape[-1]))
