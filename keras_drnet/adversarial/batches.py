"""Batches of arrays in memory."""

import tensorflow as tf


def shuffled(arrays, batch_size, seed=None):
    """Return endless batches; every epoch has a new order.

    Args:
        arrays: structure of arrays `[N, ...]`, a dict say; batches have the same one.
        batch_size: number of examples in a batch.
        seed: seed of the orders; `None` for TensorFlow's global one.
    """
    columns = tf.nest.map_structure(tf.constant, arrays)
    count = len(tf.nest.flatten(columns)[0])
    order = tf.data.Dataset.range(count).shuffle(count, seed=seed).repeat()
    return order.batch(batch_size).map(
        lambda rows: tf.nest.map_structure(lambda c: tf.gather(c, rows), columns)
    )


def joined(one, other):
    """Return batches with the entries of both of two datasets of dicts."""
    return tf.data.Dataset.zip(one, other).map(lambda a, b: a | b)
