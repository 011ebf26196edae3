"""Training on several devices or machines, on TensorFlow's own strategies.

A strategy has replicas, each with a share of every batch. What a step computes of a
batch must be what one device would compute of the whole of it: means of gradients, not
those of a share. `tensorflow_steps` has what Keras needs besides.
"""

import functools
import json
import os

import tensorflow as tf

from keras_drnet.errors import InputError, choose

STRATEGIES = ("none", "mirrored", "multi_worker")


def make_strategy(name):
    """Make the strategy of a program, before it does anything else with TensorFlow.

    Args:
        name: `"none"` for one device; `"mirrored"` for all GPUs of this machine, or all
            its logical CPUs; `"multi_worker"` for the machines that the environment
            variable TF_CONFIG names, each running the same program.

    Raises:
        InputError: the name is unknown, or TF_CONFIG does not name workers.
    """
    choose(dict.fromkeys(STRATEGIES), name, "strategy")
    if name != "none":
        tf.get_logger().setLevel("WARNING")  # Two lines for each sum over replicas.
    if name == "multi_worker":
        _check_tf_config(os.environ.get("TF_CONFIG", ""))
        return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "mirrored":
        devices = (tf.config.list_logical_devices(kind) for kind in ("GPU", "CPU"))
        return tf.distribute.MirroredStrategy(next(filter(None, devices)))
    return tf.distribute.get_strategy()


def num_replicas():
    """Return how many replicas share a batch, 1 outside of any strategy."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def own_share(batch, size):
    """Return the `size` examples of a whole batch that belong to this replica."""
    context = tf.distribute.get_replica_context()
    first = 0 if context is None else context.replica_id_in_sync_group * size
    return batch[first : first + size]


def worker():
    """Return `(index, number)` of this process among those that train together."""
    resolver = tf.distribute.get_strategy().cluster_resolver
    cluster = resolver.cluster_spec().as_dict() if resolver else {}
    tasks = [(kind, i) for kind in sorted(cluster) for i in range(len(cluster[kind]))]
    if not tasks:
        return 0, 1
    return tasks.index((resolver.task_type, resolver.task_id)), len(tasks)


def is_chief():
    """Return whether this process is the one that writes."""
    return worker()[0] == 0


def any_worker(flag):
    """Return whether a flag is set in any of the processes; all must ask together."""
    return bool(_sum_over_replicas(tf.distribute.get_strategy(), float(flag)) > 0)


def mean_over_replicas(gradients):
    """Return the means of gradients over the replicas; `None` stays."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return gradients
    reached = [gradient for gradient in gradients if gradient is not None]
    means = iter(context.all_reduce(tf.distribute.ReduceOp.MEAN, reached))
    return [None if gradient is None else next(means) for gradient in gradients]


def apply_if(condition, apply, gradients):
    """Apply gradients in all replicas if a condition holds, which is equal in all.

    TensorFlow has no optimizer's step in a branch of one replica's.

    Args:
        condition: a bool tensor.
        apply: function of the gradients.
        gradients: list of tensors.
    """

    def decide(strategy, condition, *gradients):
        def move():
            strategy.extended.call_for_each_replica(apply, args=gradients)
            return True

        (first, *_) = strategy.experimental_local_results(condition)
        tf.cond(first, move, lambda: False)

    context = tf.distribute.get_replica_context()
    context.merge_call(decide, args=(condition, *gradients))


def roll_over_replicas(codes):
    """Roll codes `[B, D]` by one along the whole batch, over the replicas' shares.

    No gradient goes through it.
    """
    context = tf.distribute.get_replica_context()
    every = context.all_gather(tf.stop_gradient(codes), axis=0)
    others = own_share(tf.roll(every, shift=1, axis=0), tf.shape(codes)[0])
    others.set_shape(codes.shape)
    return others


def _check_tf_config(text):
    try:
        config = json.loads(text)
        cluster, task = config["cluster"], config["task"]
        _ = cluster[task["type"]][int(task["index"])]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise InputError(
            "--strategy=multi_worker needs the workers' addresses in the environment "
            'variable TF_CONFIG, like {"cluster": {"worker": ["host1:2222", '
            '"host2:2222"]}, "task": {"type": "worker", "index": 0}}; it is '
            f"{text[:200]!r}."
        ) from error


@functools.cache
def _summing(strategy):
    @tf.function
    def run(value):
        def add(x):
            context = tf.distribute.get_replica_context()
            # Without an operation of its own the replica's value has no device.
            return context.all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(x))

        return strategy.run(add, args=(value,))

    return run


def _sum_over_replicas(strategy, value):
    total = _summing(strategy)(tf.constant(value))
    return strategy.experimental_local_results(total)[0]
