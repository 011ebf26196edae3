"""Codes of frames: of a clip's content, and of every frame of a video."""

import numpy as np
from keras import ops


def encode_content(content_encoder, frames, *, training=False):
    """Encode the content of clips, from as many of their frames as the encoder reads.

    Args:
        content_encoder: a content encoder.
        frames: see `content_frames`.
        training: whether batch normalization uses the batch's statistics.

    Returns:
        The pair `(content, skips)`.
    """
    return content_encoder(content_frames(content_encoder, frames), training=training)


def content_frames(content_encoder, frames):
    """Choose the frames of clips that a content encoder reads.

    Args:
        content_encoder: a content encoder of N frames.
        frames: `[B, T, H, W, C]`, with static T; or `[B, H, W, C]`, a single one.

    Returns:
        The last N frames, of which the first is repeated where there are fewer:
        `[B, N, H, W, C]`, or `[B, H, W, C]` for an encoder of single frames.
    """
    is_single = len(frames.shape) == 4
    if not reads_clips(content_encoder):
        return frames if is_single else frames[:, -1]
    if is_single:
        frames = frames[:, None]
    times = range(frames.shape[1] - content_encoder.input.shape[1], frames.shape[1])
    return ops.stack([frames[:, max(t, 0)] for t in times], axis=1)


def reads_clips(content_encoder):
    """Return whether a content encoder reads `[B, N, H, W, C]`, not `[B, H, W, C]`."""
    return len(content_encoder.input.shape) == 5


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
    if reads_clips(encoder):
        codes = encode_content(encoder, frames)
    else:
        codes = encoder(frames, training=False)
    return codes[0] if isinstance(codes, tuple) else codes
