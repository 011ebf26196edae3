"""Posteriors of AAE and ALI: layers that draw an encoder's codes."""

import keras
from keras import ops

from keras_drnet.adversarial.distributions import gaussian
from keras_drnet.adversarial.distributions.random_layer import RandomLayer
from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_shape


@keras.saving.register_keras_serializable(package="keras_drnet")
class GaussianPosterior(RandomLayer):
    """Draws a code from a Gaussian of independent elements.

    Takes `[B, 2 D]`, means and then log-variances. With `training=True` it returns
    draws `[B, D]`, with gradients for both; otherwise the means.
    """

    def call(self, parameters, training=False):
        """Return codes `[B, D]`.

        Raises:
            InputError: the number of parameters is odd.
        """
        if training:
            return gaussian.draw(parameters, self.seed_generator)
        return gaussian.split(parameters)[0]


@keras.saving.register_keras_serializable(package="keras_drnet")
class NoiseInput(RandomLayer):
    """Appends standard normal noise to features `[B, D]`, in and out of training.

    A network from the result to codes can represent any distribution: the universal
    approximator posterior of Makhzani et al. (2015), section 2.
    """

    def __init__(self, dim, seed=None, **kwargs):
        """Set the number of elements of noise.

        Args:
            dim: number of elements, at least 1.
            seed: seed of the noise; `None` for a random one.
            **kwargs: arguments of `keras.layers.Layer`.

        Raises:
            InputError: there are none.
        """
        check_count(dim, "dim")
        super().__init__(seed, **kwargs)
        self.dim = dim

    def call(self, features):
        """Return `[B, D + dim]`.

        Raises:
            InputError: features have another shape.
        """
        check_shape(features, "features", ("B", "D"))
        shape = (ops.shape(features)[0], self.dim)
        noise = keras.random.normal(
            shape, dtype=features.dtype, seed=self.seed_generator
        )
        return ops.concatenate([features, noise], axis=-1)

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {"dim": self.dim}
