"""Stateless random numbers: pure functions of a seed and the index of a clip."""

import tensorflow as tf


@tf.function(reduce_retracing=True)  # Eager `map_fn` would loop in Python.
def clip_uniforms(seed, indices, shape):
    """Draw uniform numbers for each clip.

    Args:
        seed: int64 `[2]`.
        indices: int64 `[B]`, indices of clips.
        shape: shape of one clip's numbers.

    Returns:
        float32 `[B, *shape]` in [0, 1).
    """
    return tf.map_fn(
        lambda index: tf.random.stateless_uniform(
            shape, seed=seed * (2**31 - 1) + index, alg="philox"
        ),
        indices,
        fn_output_signature=tf.float32,
    )


@tf.function(reduce_retracing=True)  # Eager `map_fn` would loop in Python.
def shuffled(indices, num_clips, seed):
    """Map indices to clips in random order, a new one for each round of `num_clips`.

    Args:
        indices: int64 `[B]`, any from 0; round r has those from `r * num_clips`.
        num_clips: int64 scalar.
        seed: int64 `[2]`.

    Returns:
        int64 `[B]`, each in [0, num_clips).
    """

    def shuffle(index):
        return tf.random.experimental.index_shuffle(
            index % num_clips, seed + index // num_clips, num_clips - 1
        )

    return tf.map_fn(shuffle, indices)
