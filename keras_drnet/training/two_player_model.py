"""Model with a discriminator, each of the two with its own optimizer."""

import keras

from keras_drnet.training.stage_model import StageModel


class TwoPlayerModel(StageModel):
    """Base of models that are trained against a discriminator.

    `compile` takes an optimizer for each of the two; both are saved with the model.
    """

    def compile(self, optimizer, discriminator_optimizer, **kwargs):
        """Set both optimizers and create their variables; see `StageModel.compile`.

        Args:
            optimizer: trains all networks but the discriminator; an optimizer of Keras,
                or its name.
            discriminator_optimizer: trains the discriminator.
            **kwargs: arguments of `keras.Model.compile`.
        """
        scale = keras.optimizers.LossScaleOptimizer
        other = keras.optimizers.get(discriminator_optimizer)
        if self.dtype_policy.name == "mixed_float16" and not isinstance(other, scale):
            other = scale(other)
        self.discriminator_optimizer = other
        super().compile(optimizer=optimizer, **kwargs)

    @property
    def optimizers(self):
        """Both optimizers by the names of their attributes."""
        return super().optimizers | {
            "discriminator_optimizer": self.discriminator_optimizer
        }
