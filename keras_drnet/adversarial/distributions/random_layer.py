"""RandomLayer: base of layers whose random state is saved."""

import keras


class RandomLayer(keras.layers.Layer):
    """Base of layers that draw random numbers from `seed_generator`.

    Keras does not save the state of a `SeedGenerator`: a loaded model would repeat its
    first draws. This base saves it. A subclass must keep its own variables in layers.
    """

    def __init__(self, seed=None, **kwargs):
        """Set the seed of the noise; `None` for a random one."""
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def save_own_variables(self, store):
        """Save the state of the generator."""
        store["seed_generator"] = self.seed_generator.state

    def load_own_variables(self, store):
        """Restore the state of the generator."""
        self.seed_generator.state.assign(store["seed_generator"])

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {"seed": self.seed}
