"""Encoding of whole clips, frame by frame."""

from keras import ops


def encode_frames(encoder, video):
    """Encode every frame of clips, in inference mode.

    Args:
        encoder: model from frames `[B, H, W, C]` to codes `[B, D]`, a pose encoder.
        video: `[B, T, H, W, C]`, with static T.

    Returns:
        `[B, T, D]`.
    """
    frames = ops.reshape(video, (-1, *video.shape[2:]))
    codes = encoder(frames, training=False)
    return ops.reshape(codes, (-1, video.shape[1], codes.shape[-1]))
