"""The parts that the training steps of all stages share."""

import keras


class TwoPlayerModel(keras.Model):
    """A model that is trained against a discriminator, each with its own optimizer.

    A subclass keeps one mean a loss, by name, in `_trackers`.
    """

    def compile(self, optimizer, discriminator_optimizer, **kwargs):
        """Sets an optimizer for each player; other arguments as in Keras.

        Args:
            optimizer: trains all networks but the discriminator.
            discriminator_optimizer: trains the discriminator.
            **kwargs: arguments of `keras.Model.compile`.
        """
        super().compile(optimizer=optimizer, **kwargs)
        if self.dtype_policy.name == "mixed_float16":
            discriminator_optimizer = keras.optimizers.LossScaleOptimizer(
                discriminator_optimizer
            )
        self.discriminator_optimizer = discriminator_optimizer

    @property
    def metrics(self):
        """The means of what a step reports."""
        return list(self._trackers.values())


def apply_gradients(optimizer, tape, loss, variables):
    """Moves `variables`, and nothing else, down the gradient of `loss`."""
    optimizer.apply(tape.gradient(loss, variables), variables)


def track(trackers, values):
    """Updates the mean of each value and returns these means by name."""
    for name, value in values.items():
        trackers[name].update_state(value)
    return {name: trackers[name].result() for name in values}
