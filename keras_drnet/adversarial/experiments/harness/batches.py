"""Batches of examples that are in memory."""

import tensorflow as tf


def shuffled(arrays, batch_size, seed=None):
    """Return endless batches, each round through the examples in an order of its own.

    Args:
        arrays: structure of arrays `[N, ...]`, a dict say; batches are the same one.
        batch_size: number of examples in a batch.
        seed: of the orders; `None` is TensorFlow's global one.
    """
    columns = tf.nest.map_structure(tf.constant, arrays)
    count = len(tf.nest.flatten(columns)[0])
    order = tf.data.Dataset.range(count).shuffle(count, seed=seed).repeat()
    return order.batch(batch_size).map(
        lambda rows: tf.nest.map_structure(lambda c: tf.gather(c, rows), columns)
    )
