"""Content of several frames of a clip: the weighted mean of their codes."""

import keras
from keras import ops


def average_codes(codes, maps, num_frames, *, num_parts=1, num_weights=1):
    """Average the codes of the frames of a clip, with weights that are learned.

    What one frame hides, another shows. The content of equal frames is that of one.

    Args:
        codes: `[B N K, D]`, of each part of each frame.
        maps: `[B N K, H', W', F]`, the maps that they are made of.
        num_frames: frames of a clip, N.
        num_parts: parts of a frame, K, each averaged alone.
        num_weights: 1 for a weight that all elements of a code share, D for one each.

    Returns:
        `[B, K D]`, the means, part by part.
    """
    flat = keras.layers.Flatten(dtype="float32", name="flat_patch")(maps)
    visibility = keras.layers.Dense(num_weights, dtype="float32", name="visibility")
    codes, logits = (
        ops.reshape(values, (-1, num_frames, num_parts, values.shape[-1]))
        for values in (codes, visibility(flat))
    )
    mean = ops.sum(ops.softmax(logits, axis=1) * codes, axis=1)
    return ops.reshape(mean, (-1, num_parts * codes.shape[-1]))
