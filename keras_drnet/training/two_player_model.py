"""TwoPlayerModel: training with two optimizers, and helpers of training steps."""

import keras

# Attributes of a compiled model; without a discriminator it has the first only.
OPTIMIZERS = ("optimizer", "discriminator_optimizer")


class TwoPlayerModel(keras.Model):
    """A model that is trained against a discriminator, with an optimizer for each.

    A subclass keeps one mean a loss, by name, in `_trackers`, and creates the variables
    of both optimizers in `build_optimizers`, so that they can be restored.
    """

    def compile(self, optimizer, discriminator_optimizer, **kwargs):
        """Set both optimizers; other arguments as in Keras.

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

    def get_compile_config(self):
        """Return both optimizers, for `keras.Model.save`."""
        return {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in OPTIMIZERS
        }

    def compile_from_config(self, config):
        """Compile with what `get_compile_config` returned, for `load_model`."""
        self.compile(
            **{
                name: keras.saving.deserialize_keras_object(optimizer)
                for name, optimizer in config.items()
            }
        )
        self.build_optimizers()

    @property
    def metrics(self):
        """The means of the values that a step reports."""
        return list(self._trackers.values())


def apply_gradients(optimizer, tape, loss, variables):
    """Update `variables`, and nothing else, by the gradient of `loss`."""
    optimizer.apply(tape.gradient(loss, variables), variables)


def track(trackers, values):
    """Update the mean of each value and return these means by name."""
    for name, value in values.items():
        trackers[name].update_state(value)
    return {name: trackers[name].result() for name in values}
