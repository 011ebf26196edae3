"""Random numbers that are pure functions of a seed and the number of a clip."""

import tensorflow as tf


@tf.function(reduce_retracing=True)  # Else a call for each clip, where eager.
def clip_uniforms(seed, indices, shape):
    """Draw uniform numbers for each clip, a pure function of seed and index.

    Args:
        seed: int64 `[2]`.
        indices: int64 `[B]`, numbers of clips.
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


@tf.function(reduce_retracing=True)  # Else a call for each window, where eager.
def shuffled(indices, num_clips, seed):
    """Places of clips in an order that is drawn anew in each round through them.

    Args:
        indices: int64 `[B]`, numbers of windows, any from 0; a round has `num_clips`.
        num_clips: int64 scalar.
        seed: int64 `[2]`.

    Returns:
        int64 `[B]`, each in [0, num_clips).
    """

    def place(index):
        return tf.random.experimental.index_shuffle(
            index % num_clips, seed + index // num_clips, num_clips - 1
        )

    return tf.map_fn(place, indices)
