"""Contract of every adversarial system: isolated updates, and resuming."""

import keras
import numpy as np
import tensorflow as tf


def dense(x, *sizes, batch_norm=False):
    """Applies hidden layers, optionally with batch norm, and a linear one."""
    for size in sizes[:-1]:
        x = keras.layers.Dense(size)(x)
        if batch_norm:
            x = keras.layers.BatchNormalization()(x)
        x = keras.layers.LeakyReLU()(x)
    return keras.layers.Dense(sizes[-1])(x)


def mlp(num_inputs, *sizes, **kwargs):
    """Returns a network of these layers; arguments are those of `dense`."""
    inputs = keras.Input((num_inputs,))
    return keras.Model(inputs, dense(inputs, *sizes, **kwargs))


def joined(*input_sizes, sizes):
    """Returns a network of one input or several, joined."""
    inputs = [keras.Input((size,)) for size in input_sizes]
    x = keras.layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], dense(x, *sizes))


def compiled(model, **kwargs):
    model.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2), **kwargs)
    return model


def values(network):
    return [np.array(v) for v in network.weights]


def moved(before, network):
    return [
        not np.array_equal(a, b) for a, b in zip(before, values(network), strict=True)
    ]


def assert_features_step_changes_features_only(model, batch, networks):
    adversary = values(model.adversarial)
    before = [values(network) for network in networks]
    losses, _ = model.train_features(batch)
    assert not any(moved(adversary, model.adversarial))
    for own, network in zip(before, networks, strict=True):
        assert all(moved(own, network)), network.name
    assert all(np.isfinite(value) for value in losses.values())


def assert_adversary_step_changes_adversary_only(model, batch):
    _, contrasted = model.train_features(batch)
    trained = [np.array(v) for v in model.adversary_variables]
    all_ = values(model)
    report = model.train_adversary(contrasted)
    for own, variable in zip(trained, model.adversary_variables, strict=True):
        assert not np.array_equal(own, variable), variable.path
    assert sum(moved(all_, model)) == len(trained)
    assert all(np.isfinite(value) for value in report.values())


def assert_training_resumes(model, batch, tmp_path, *, fit=False, ramps=True):
    """Trains, saves and loads, trains both on and compares. Returns the loaded model.

    Args:
        model: compiled model, not trained yet.
        batch: what it is trained on.
        tmp_path: a folder.
        fit: whether to train by `fit`, compiled, or step by step.
        ramps: whether the adversary's weight grows with the step.
    """

    def train(own):
        if fit:
            own.fit(tf.data.Dataset.from_tensors(batch).repeat(3), verbose=0)
        for _ in range(0 if fit else 3):
            own.train_step(batch)

    train(model)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    start = model.adversarial.weight_at(0)
    assert not ramps or (
        loaded.adversarial.weight_at(loaded.optimizer.iterations) > start
    )
    for own in (model, loaded):
        keras.utils.set_random_seed(1)  # Draws of a prior are not the model's.
        train(own)
    for own, other in zip(values(model), values(loaded), strict=True):
        np.testing.assert_array_equal(own, other)
    return loaded
