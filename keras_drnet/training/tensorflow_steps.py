"""The steps of Keras' `fit` on TensorFlow, on one device or several.

Where Keras is in the way of several replicas, the work-around is here, each with a test
that fails once Keras needs it no longer.
"""

import tensorflow as tf

from keras_drnet.training import distribution
from keras_drnet.training.batch import unpack


class Steps:
    """Mix-in that makes `update` and `evaluate_batch` the steps of Keras' `fit`."""

    def train_step(self, data):
        """Train on one batch and return the means by name."""
        return self._reducible(self._track(self.update(unpack(data))))

    def test_step(self, data):
        """Evaluate one batch and return the means by name."""
        return self._reducible(self._track(self.evaluate_batch(unpack(data))))

    def prepare_replicas(self):
        """Let layers, losses and optimizers work on whole batches, not on shares."""
        if distribution.num_replicas() == 1:
            return
        for layer in self._flatten_layers():
            if hasattr(layer, "synchronized"):
                layer.synchronized = True
        for optimizer in self.optimizers.values():
            # Keras clips the gradients of each replica before it sums them. They are
            # means over the replicas already: see `gradients`.
            inner = getattr(optimizer, "inner_optimizer", optimizer)
            inner._all_reduce_sum_gradients = list

    def of_other_clips(self, codes):
        """Return `others` of `SamePair`, as a dict; empty where there is one replica.

        Args:
            codes: `[B, D]`, of the replica's share of the clips.
        """
        if not self.synchronized:
            return {}
        return {"others": distribution.roll_over_replicas(codes)}

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Do nothing: all is built, and Keras fails on dicts (keras#20329)."""

    def _reducible(self, means):
        """Return means by name as Keras can reduce them over workers (keras#20585)."""
        if distribution.worker()[1] == 1:
            return means
        return {name: tf.reshape(mean, (1,)) for name, mean in means.items()}
