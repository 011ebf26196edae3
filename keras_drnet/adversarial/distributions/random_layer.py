"""RandomLayer: a layer whose noise goes on, after loading, where it was."""

import keras


class RandomLayer(keras.layers.Layer):
    """Base of layers that draw, from `seed_generator`.

    Keras does not save the state of a `SeedGenerator`: a model that is loaded would
    draw again what it drew first. This base saves it. A subclass with variables of its
    own keeps them in layers.
    """

    def __init__(self, seed=None, **kwargs):
        """Set the seed of the noise, `None` for another each time."""
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def save_own_variables(self, store):
        """Store the state of the noise."""
        store["seed_generator"] = self.seed_generator.state

    def load_own_variables(self, store):
        """Restore the state of the noise."""
        self.seed_generator.state.assign(store["seed_generator"])

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {"seed": self.seed}
