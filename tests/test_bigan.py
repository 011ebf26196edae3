"""BiGAN and ALI: losses, who moves whom, going on, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.contrasts import JointPair
from keras_drnet.adversarial.distributions.posteriors import GaussianPosterior
from keras_drnet.adversarial.distributions.priors import UniformCube
from keras_drnet.adversarial.experiments.experiment import Settings
from keras_drnet.adversarial.experiments.inversion import BIGAN, GRID_ALI
from keras_drnet.adversarial.feature_loss import AdversarialLoss
from keras_drnet.adversarial.objectives import OBJECTIVES
from keras_drnet.adversarial.schedules import SigmoidRamp
from keras_drnet.adversarial.systems.bigan import BiGAN

draws_codes = pytest.mark.parametrize("draws", [False, True], ids=["BiGAN", "ALI"])


def mlp(sizes, *, last=()):
    layers = [keras.Input((sizes[0],))]
    for size in sizes[1:-1]:
        layers += [
            keras.layers.Dense(size),
            keras.layers.BatchNormalization(),
            keras.layers.LeakyReLU(),
        ]
    return keras.Sequential([*layers, keras.layers.Dense(sizes[-1]), *last])


def make(*, objective="flipped_labels", draws=False, weight=1.0, **kwargs):
    keras.utils.set_random_seed(0)
    pair = [keras.Input((5,)), keras.Input((2,))]
    x = keras.layers.Concatenate()(pair)
    x = keras.layers.LeakyReLU()(keras.layers.Dense(16)(x))
    adversarial = AdversarialLoss(
        keras.Model(pair, keras.layers.Dense(1)(x)),
        JointPair(),
        objective=objective,
        weight=weight,
    )
    encoder = (
        mlp([5, 8, 4], last=[GaussianPosterior(seed=0)]) if draws else mlp([5, 8, 2])
    )
    model = BiGAN(encoder, mlp([2, 8, 5]), adversarial, UniformCube(2), **kwargs)
    model.compile(
        keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2), jit_compile=False
    )
    model.build_optimizers()
    return model


@pytest.fixture
def batch(rng):
    return {"image": tf.constant(rng.normal(size=(16, 5)), tf.float32)}


def values(model):
    return [np.array(v) for v in model.weights]


def moved(before, model):
    return [
        not np.array_equal(a, b) for a, b in zip(before, values(model), strict=True)
    ]


@draws_codes
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_moves_encoder_and_generator_alone(draws, objective, batch):
    model = make(objective=objective, draws=draws)
    networks = (model.encoder, model.generator)
    adversary, before = values(model.adversarial), [values(net) for net in networks]
    losses, _ = model._train_features(batch)
    assert not any(moved(adversary, model.adversarial))
    assert all(map(any, map(moved, before, networks)))
    assert all(np.isfinite(value) for value in losses.values())


def test_the_adversary_s_step_moves_nothing_else(batch):
    model = make()
    _, contrasted = model._train_features(batch)
    adversary, all_ = values(model.adversarial), values(model)
    model._train_adversary(contrasted)
    assert all(moved(adversary, model.adversarial))
    assert sum(moved(all_, model)) == len(adversary)


def test_losses_are_the_papers(batch):
    model = make()
    codes = model.encoder(batch["image"], training=False)
    keras.utils.set_random_seed(4)
    draws = model.prior(16)
    generated = model.generator(draws, training=False)
    judge = model.adversarial.adversary
    real, fake = (
        1 / (1 + np.exp(-np.float64(judge(pair))))
        for pair in ((batch["image"], codes), (generated, draws))
    )
    adversary = -0.5 * (np.log(real).mean() + np.log(1 - fake).mean())
    flipped = -0.5 * (np.log(1 - real).mean() + np.log(fake).mean())
    keras.utils.set_random_seed(4)
    result = model.test_step(batch)
    for name, expected in (
        ("adversary", adversary),
        ("adversarial", flipped),
        ("loss", flipped),
        ("adversary_accuracy", 0.5 * (np.mean(real > 0.5) + np.mean(fake <= 0.5))),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-5, err_msg=name)


def test_all_move_at_once(batch):
    """The adversary's gradient is that before encoder and generator moved."""
    model, twin = make(), make()
    twin.optimizer.learning_rate.assign(0.0)
    for m in (model, twin):
        keras.utils.set_random_seed(4)
        m.train_step(batch)
    own, other = (values(m.adversarial) for m in (model, twin))
    assert all(np.array_equal(a, b) for a, b in zip(own, other, strict=True))
    assert any(moved(values(twin.generator), model.generator))


@draws_codes
def test_saved_and_loaded_it_goes_on_where_it_was(draws, batch, tmp_path):
    model = make(draws=draws, weight=SigmoidRamp(20))
    for _ in range(3):
        model.train_step(batch)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for own in (model, loaded):
        keras.utils.set_random_seed(1)
        for _ in range(3):
            own.train_step(batch)
    for own, other in zip(values(model), values(loaded), strict=True):
        np.testing.assert_array_equal(own, other)


def test_predictions_are_codes_and_those_of_ali_their_means(batch):
    model = make(draws=True)
    codes = [model.predict(batch["image"], verbose=0) for _ in range(2)]
    np.testing.assert_array_equal(*codes)
    assert codes[0].shape == (16, 2)
    drawn = model.encoder(batch["image"], training=True)
    assert not np.allclose(drawn, model.encoder(batch["image"], training=True))


def test_encoder_and_generator_become_each_other_s_inverse():
    """Examples (2u, -u) of u in (-1, 1): what is lost at first is kept in the end."""
    keras.utils.set_random_seed(0)
    pair = [keras.Input((2,)), keras.Input((1,))]
    x = keras.layers.Concatenate()(pair)
    for _ in range(2):
        x = keras.layers.LeakyReLU()(keras.layers.Dense(32)(x))
    adversarial = AdversarialLoss(
        keras.Model(pair, keras.layers.Dense(1)(x)),
        JointPair(),
        objective="flipped_labels",
    )
    linear = [
        keras.Sequential([keras.Input((n,)), keras.layers.Dense(m)])
        for n, m in ((2, 1), (1, 2))
    ]
    model = BiGAN(*linear, adversarial, UniformCube(1))
    model.compile(
        keras.optimizers.Adam(2e-3, beta_1=0.5),
        keras.optimizers.Adam(5e-3, beta_1=0.5),
        jit_compile=False,
    )
    u = np.random.default_rng(0).uniform(-1, 1, (2048, 1)).astype("float32")
    images = u * [2.0, -1.0]
    data = tf.data.Dataset.from_tensor_slices({"image": images.astype("float32")})
    model.fit(data.shuffle(2048, seed=0).batch(128), epochs=60, verbose=0)
    error = np.mean(
        np.square(model.generator(model.predict(images, verbose=0)) - images)
    )
    assert error < 0.1 * np.var(images)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_reconstructs_better_than_at_random():
    rows = BIGAN.run(0, Settings(tiny=True)).rows
    assert rows["BiGAN"]["ratio"] < 0.97


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_grid_experiment_finds_modes():
    rows = GRID_ALI.run(0, Settings(tiny=True)).rows
    assert all(np.isfinite(value) for row in rows.values() for value in row.values())
    assert rows["ALI"]["modes"] >= 1
