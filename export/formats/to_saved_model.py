"""The SavedModel for TF Serving."""

import tensorflow as tf

from ..serving.warm_up import replay_warm_up, write_warm_up


def write_saved_model(graph, functions, requests, path):
    """Write a SavedModel with warm-up requests, and replay them.

    Args:
        graph: a `StepGraph`.
        functions: its functions, as traced.
        requests: pairs of a function's name and a dict of inputs, which a server runs
            before it takes calls.
        path: folder to make; its name is the version, a whole number.
    """
    tf.saved_model.save(graph, str(path), signatures=functions)
    write_warm_up(path, requests)
    replay_warm_up(path)
