"""Codes of every frame of a video, in inference mode."""

import numpy as np
from keras import ops


def encode_frames(encoder, video):
    """Encode every frame of some clips.

    Args:
        encoder: a content or pose encoder, of frames `[B, H, W, C]`.
        video: `[B, T, H, W, C]`, with static T.

    Returns:
        The codes, `[B, T, D]`, without a content encoder's skips.
    """
    codes = _encode(encoder, ops.reshape(video, (-1, *video.shape[2:])))
    return ops.reshape(codes, (-1, video.shape[1], codes.shape[-1]))


def encode_in_batches(encoder, frames, *, batch_size=256):
    """Encode an array of frames that is too large to be encoded at once.

    Args:
        encoder: a content or pose encoder.
        frames: `[..., H, W, C]`, uint8 or float in [0, 1].
        batch_size: number of frames encoded at a time.

    Returns:
        float32 array `[..., D]`, without a content encoder's skips.
    """
    scale = 255 if frames.dtype == np.uint8 else 1
    flat = frames.reshape(-1, *frames.shape[-3:])
    codes = [
        ops.convert_to_numpy(
            _encode(encoder, flat[i : i + batch_size].astype(np.float32) / scale)
        )
        for i in range(0, len(flat), batch_size)
    ]
    return np.concatenate(codes).reshape(*frames.shape[:-3], -1)


def _encode(encoder, frames):
    codes = encoder(frames, training=False)
    return codes[0] if isinstance(codes, tuple) else codes
