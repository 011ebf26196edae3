"""BiGAN and ALI: losses, isolation, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.distributions.posteriors import GaussianPosterior
from keras_drnet.adversarial.distributions.priors import UniformCube
from keras_drnet.adversarial.experiments import bigan
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.bigan import BiGAN
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import JointPair
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import system_contract as contract
from tests.support.system_contract import joined, mlp, moved, values

draws_codes = pytest.mark.parametrize("draws", [False, True], ids=["BiGAN", "ALI"])


def make(*, objective="flipped_labels", draws=False, weight=1.0, **kwargs):
    keras.utils.set_random_seed(0)
    adversarial = AdversarialLoss(
        joined(5, 2, sizes=(16, 1)), JointPair(), objective=objective, weight=weight
    )
    encoder = mlp(5, 8, 4 if draws else 2, batch_norm=True)
    if draws:
        encoder = keras.Sequential([encoder, GaussianPosterior(seed=0)])
    generator = mlp(2, 8, 5, batch_norm=True)
    model = BiGAN(encoder, generator, adversarial, UniformCube(2), **kwargs)
    return contract.compiled(model, jit_compile=False)


@pytest.fixture
def batch(rng):
    return {"image": tf.constant(rng.normal(size=(16, 5)), tf.float32)}


@draws_codes
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_encoder_and_generator_only(draws, objective, batch):
    model = make(objective=objective, draws=draws)
    networks = (model.encoder, model.generator)
    contract.assert_features_step_changes_features_only(model, batch, networks)


def test_the_adversary_step_changes_nothing_else(batch):
    contract.assert_adversary_step_changes_adversary_only(make(), batch)


def test_losses_match_the_papers(batch):
    model = make()
    codes = model.encoder(batch["image"], training=False)
    keras.utils.set_random_seed(4)
    draws = model.prior(16)
    generated = model.generator(draws, training=False)
    discriminator = model.adversarial.adversary
    real, fake = (
        1 / (1 + np.exp(-np.float64(discriminator(pair))))
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


def test_all_networks_are_updated_simultaneously(batch):
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
def test_training_resumes_after_save_and_load(draws, batch, tmp_path):
    model = make(draws=draws, weight=SigmoidRamp(20))
    contract.assert_training_resumes(model, batch, tmp_path)


def test_predictions_are_codes_and_those_of_ali_their_means(batch):
    model = make(draws=True)
    codes = [model.predict(batch["image"], verbose=0) for _ in range(2)]
    np.testing.assert_array_equal(*codes)
    assert codes[0].shape == (16, 2)
    drawn = model.encoder(batch["image"], training=True)
    assert not np.allclose(drawn, model.encoder(batch["image"], training=True))


def test_encoder_and_generator_become_inverse():
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
        keras.optimizers.Adam(1e-3, beta_1=0.5),
        keras.optimizers.Adam(5e-3, beta_1=0.5),
        jit_compile=False,
    )
    u = np.random.default_rng(0).uniform(-1, 1, (2048, 1)).astype("float32")
    images = u * [2.0, -1.0]
    data = tf.data.Dataset.from_tensor_slices({"image": images.astype("float32")})
    model.fit(data.shuffle(2048, seed=0).batch(128), epochs=200, verbose=0)
    error = np.mean(
        np.square(model.generator(model.predict(images, verbose=0)) - images)
    )
    assert error < 0.1 * np.var(images)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_reconstructs_better_than_at_random():
    rows = bigan.run(0, Settings(tiny=True)).rows
    assert rows["BiGAN"]["ratio"] < 0.97


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_grid_experiment_finds_modes():
    rows = bigan.run_grid(0, Settings(tiny=True)).rows
    assert all(np.isfinite(value) for row in rows.values() for value in row.values())
    assert rows["ALI"]["modes"] >= 1
