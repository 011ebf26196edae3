"""Model with a discriminator, each of the two with its own optimizer."""

import keras

from keras_drnet.training.stage_model import StageModel


class TwoPlayerModel(StageModel):
    """Base of models that are trained against a discriminator.

    `compile` takes an optimizer for each of the two; both are saved with the model.
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

    @property
    def optimizers(self):
        """Both optimizers by the names of their attributes."""
        return super().optimizers | {
            "discriminator_optimizer": self.discriminator_optimizer
        }

    def get_compile_config(self):
        """Return both optimizers, for `keras.Model.save`."""
        serialize = keras.saving.serialize_keras_object
        return {name: serialize(one) for name, one in self.optimizers.items()}

    def compile_from_config(self, config):
        """Compile with what `get_compile_config` returned, for `load_model`."""
        self.compile(
            **{
                name: keras.saving.deserialize_keras_object(optimizer)
                for name, optimizer in config.items()
            }
        )
        self.build_optimizers()
