"""The plain networks of the experiments."""

import keras


def mlp(*sizes, activation="relu"):
    """Build a network from inputs of the first size to outputs of the last."""
    hidden = [keras.layers.Dense(size, activation) for size in sizes[1:-1]]
    return keras.Sequential(
        [keras.Input((sizes[0],)), *hidden, keras.layers.Dense(sizes[-1])]
    )
