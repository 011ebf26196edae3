"""The steps of Keras' `fit` on JAX, as functions of the model's state.

Keras' state has the variables of one optimizer. Those of the others are among the
model's variables that are not trained.
"""

import itertools

import keras

from keras_drnet.training.batch import unpack


class Steps:
    """Mix-in that makes `update` and `evaluate_batch` the steps of Keras' `fit`."""

    @property
    def non_trainable_variables(self):
        """Variables without gradient, those of all optimizers but the first too."""
        variables = super().non_trainable_variables
        if self.compiled:
            for optimizer in list(self.optimizers.values())[1:]:
                variables = variables + optimizer.variables
        return variables

    def train_step(self, state, data):
        """Train on one batch and return the means by name, and the new state."""
        groups = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        )
        return self._run(self.update, groups, state, data)

    def test_step(self, state, data):
        """Evaluate one batch and return the means by name, and the new state."""
        groups = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.metrics_variables,
        )
        return self._run(self.evaluate_batch, groups, state, data)

    def prepare_replicas(self):
        """Do nothing: there is one replica."""

    def of_other_clips(self, codes):
        """Return an empty dict: there is one replica."""
        return {}

    def _run(self, step, groups, state, data):
        mapping = zip(itertools.chain(*groups), itertools.chain(*state), strict=True)
        with keras.StatelessScope(state_mapping=mapping) as scope:
            means = self._track(step(unpack(data)))
        new_state = tuple(
            [scope.get_current_value(variable) for variable in group]
            for group in groups
        )
        return means, new_state
