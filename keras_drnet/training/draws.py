"""Random numbers of a training step, which depend on nothing but its number.

A run that is resumed draws what it would have drawn, and several replicas together what
one would draw for the whole batch.
"""

import keras
from keras import ops


def normal(shape, step):
    """Draw float32 numbers from N(0, 1).

    Args:
        shape: `[B, ...]`.
        step: number of the step, an integer tensor.
    """
    return _draw("normal", shape, ops.cast(step, "int32"))


def uniform(shape, step):
    """Draw float32 numbers from [0, 1); arguments as for `normal`."""
    return _draw("uniform", shape, ops.cast(step, "int32"))


def _draw_tensorflow(kind, shape, step):
    function = getattr(tf.random, f"stateless_{kind}")
    number = distribution.num_replicas()
    numbers = function((number * shape[0], *shape[1:]), seed=tf.stack([0, step]))
    return distribution.own_share(numbers, shape[0])


def _draw_jax(kind, shape, step):
    key = jax.random.fold_in(jax.random.key(0), step)
    return getattr(jax.random, kind)(key, shape)


if keras.backend.backend() == "jax":
    import jax

    _draw = _draw_jax
else:
    import tensorflow as tf

    from keras_drnet.training import distribution

    _draw = _draw_tensorflow
