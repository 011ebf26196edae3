"""Layers that make an encoder draw its codes: the posteriors of AAE and ALI."""

import keras
from keras import ops


class _RandomLayer(keras.layers.Layer):
    """A layer that draws, and that goes on where it was when it is loaded."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    # Keras saves no seed generators.
    def save_own_variables(self, store):
        store["seed"] = self.seed_generator.state

    def load_own_variables(self, store):
        self.seed_generator.state.assign(store["seed"])

    def get_config(self):
        return super().get_config() | {"seed": self.seed}


@keras.saving.register_keras_serializable(package="keras_drnet")
class GaussianPosterior(_RandomLayer):
    """Draws a code from a Gaussian of independent elements.

    Takes `[B, 2 D]`, means and then logarithms of variances. With `training=True`
    it returns draws `[B, D]`, through which gradients reach both; else the means.
    """

    def call(self, parameters, training=False):
        """Returns codes `[B, D]`."""
        mean, log_variance = ops.split(parameters, 2, axis=-1)
        if not training:
            return mean
        noise = keras.random.normal(
            ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator
        )
        return mean + ops.exp(0.5 * log_variance) * noise


@keras.saving.register_keras_serializable(package="keras_drnet")
class NoiseInput(_RandomLayer):
    """Appends standard normal noise to features `[B, D]`, in and out of training.

    A network from the result to codes can give them any distribution: the universal
    approximator posterior of Makhzani et al. (2015), section 2.
    """

    def __init__(self, dim, seed=None, **kwargs):
        """Sets how many elements of noise there are.

        Args:
            dim: number of elements.
            seed: seed of the noise, or `None`: another each time.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(seed, **kwargs)
        self.dim = dim

    def call(self, features):
        """Returns `[B, D + dim]`."""
        shape = (ops.shape(features)[0], self.dim)
        noise = keras.random.normal(
            shape, dtype=features.dtype, seed=self.seed_generator
        )
        return ops.concatenate([features, noise], axis=-1)

    def get_config(self):
        """Returns the arguments of the constructor."""
        return super().get_config() | {"dim": self.dim}
