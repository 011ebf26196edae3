"""Codes of frames: of a clip's content, and of every frame of a video."""

import numpy as np
from keras import ops


def encode_content(content_encoder, frames, *, training=False):
    """Encode the content of clips, from as many of their frames as the encoder reads.

    Args:
        content_encoder: a content encoder of N frames: see `num_content_frames`.
        frames: `[B, T, H, W, C]`, with static T, of which the last N are read, or the
            first repeated where there are fewer; or `[B, H, W, C]`, a single one.
        training: whether batch normalization uses the batch's statistics.

    Returns:
        The pair `(content, skips)`.
    """
    if len(frames.shape) == 4:
        frames = frames[:, None]
    first = frames.shape[1] - num_content_frames(content_encoder)
    read = [frames[:, max(t, 0)] for t in range(first, frames.shape[1])]
    read = ops.stack(read, axis=1) if reads_clips(content_encoder) else read[0]
    return content_encoder(read, training=training)


def num_content_frames(content_encoder):
    """Return how many frames of a clip a content encoder reads at once."""
    return content_encoder.input.shape[1] if reads_clips(content_encoder) else 1


def reads_clips(content_encoder):
    """Return whether the input is clips `[B, N, H, W, C]`, not frames `[B, H, W, C]`."""
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
