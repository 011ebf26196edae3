"""What is asked of every fair system: who moves whom, and going on where it was."""

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.adversarial.feature_loss import AdversarialLoss

BATCH = 48
NUM_INPUTS = 5


def mlp(*sizes, batch_norm=False):
    """A network with a hidden layer or more, with batch norm if told."""
    layers = [keras.Input((sizes[0],))]
    for size in sizes[1:-1]:
        layers.append(keras.layers.Dense(size))
        if batch_norm:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.LeakyReLU())
    return keras.Sequential([*layers, keras.layers.Dense(sizes[-1])])


def joined(*sizes):
    """A network of two inputs."""
    inputs = [keras.Input((size,)) for size in sizes[:2]]
    x = keras.layers.Concatenate()(inputs)
    x = keras.layers.LeakyReLU()(keras.layers.Dense(16)(x))
    return keras.Model(inputs, keras.layers.Dense(sizes[2])(x))


def loss_of(contrast, *, num_features=4, adversary=None, **kwargs):
    """An adversarial loss whose adversary has the inputs the contrast asks for."""
    if adversary is None and contrast.notion == "odds":
        adversary = joined(num_features, contrast.num_targets, contrast.num_outputs)
    elif adversary is None:
        adversary = mlp(num_features, 16, contrast.num_outputs)
    return AdversarialLoss(adversary, contrast, **kwargs)


def compiled(model):
    model.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    model.build_optimizers()
    return model


def make_batch(rng, *, num_targets=2, sizes=(2,)):
    """People of all groups; with several attributes `group` is `[B, A]`."""
    group = np.stack([rng.integers(0, size, BATCH) for size in sizes], axis=1)
    arrays = {
        "input": rng.normal(size=(BATCH, NUM_INPUTS)).astype("float32"),
        "target": rng.integers(0, num_targets, BATCH).astype("int32"),
        "group": (group if len(sizes) > 1 else group[:, 0]).astype("int32"),
    }
    return {name: tf.constant(array) for name, array in arrays.items()}


def values(network):
    return [np.array(v) for v in network.weights]


def moved(before, network):
    return [
        not np.array_equal(a, b) for a, b in zip(before, values(network), strict=True)
    ]


def sigmoid(x):
    return 1 / (1 + np.exp(-np.float64(x)))


def cross_entropy(logits, labels):
    """That of logits `[B, 1]`, mean, by hand."""
    p = sigmoid(logits)[:, 0]
    return -np.where(np.equal(labels, 1), np.log(p), np.log(1 - p)).mean()


def assert_features_step_moves_features_alone(model, batch, networks):
    adversary = values(model.adversarial)
    before = [values(network) for network in networks]
    losses, _ = model._train_features(batch)
    assert not any(moved(adversary, model.adversarial))
    for own, network in zip(before, networks, strict=True):
        assert all(moved(own, network)), network.name
    assert all(np.isfinite(value) for value in losses.values())


def assert_adversary_s_step_moves_nothing_else(model, batch):
    _, contrasted = model._train_features(batch)
    adversary, all_ = values(model.adversarial), values(model)
    report = model._train_adversary(contrasted)
    assert all(moved(adversary, model.adversarial))
    assert sum(moved(all_, model)) == len(adversary)
    assert all(np.isfinite(value) for value in report.values())


def assert_it_goes_on_where_it_was(model, batch, tmp_path):
    for _ in range(2):
        model.train_step(batch)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    start = model.adversarial.weight_at(0)
    assert loaded.adversarial.weight_at(loaded.optimizer.iterations) > start
    for own in (model, loaded):
        for _ in range(2):
            own.train_step(batch)
    for own, other in zip(values(model), values(loaded), strict=True):
        np.testing.assert_array_equal(own, other)


def same_adversary_when_the_features_rest(make, batch):
    """Whether the adversary's step does not see that the features have moved."""
    model, twin = make(), make()
    twin.optimizer.learning_rate.assign(0.0)
    for m in (model, twin):
        m.train_step(batch)
    own, other = (values(m.adversarial.adversary) for m in (model, twin))
    return all(np.array_equal(a, b) for a, b in zip(own, other, strict=True))
