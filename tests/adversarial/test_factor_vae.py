"""FactorVAE: losses, isolation of gradients, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.distributions.likelihoods import GaussianLikelihood
from keras_drnet.adversarial.experiments import factor_vae
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.factor_vae import FactorVAE
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PermuteDims
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import system_contract as contract
from tests.support.system_contract import mlp

DIM = 3  # Length of a code.


def make(
    *, encoder=None, adversary=None, objective="logit_difference", weight=2.0, **kwargs
):
    keras.utils.set_random_seed(0)
    adversarial = AdversarialLoss(
        adversary or mlp(DIM, 16, 1, batch_norm=True),
        PermuteDims(),
        objective=objective,
        weight=weight,
    )
    encoder = encoder or mlp(6, 8, 2 * DIM, batch_norm=True)
    model = FactorVAE(encoder, mlp(DIM, 8, 6), adversarial, **kwargs)
    return contract.compiled(model)


@pytest.fixture
def batch(rng):
    return {"image": tf.constant(rng.uniform(size=(32, 6)), tf.float32)}


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_adversary(objective, batch):
    model = make(objective=objective)
    networks = (model.encoder, model.decoder)
    contract.assert_features_step_changes_features_only(model, batch, networks)


def test_the_adversary_step_changes_nothing_else(batch):
    contract.assert_adversary_step_changes_adversary_only(make(), batch)


def test_the_encoder_has_no_gradient_of_the_adversary_s_own_loss(batch):
    """Linear networks: the means' kernel W, logit T(z) = w z + b, so with SGD

        change of W by the adversary = -rate * gamma * mean(x) w

    Were the adversary's loss to reach the encoder as well, each example would count
    gamma - sigma(-T) / 2.
    """
    gamma, rate, changes = 3.0, 0.1, {}
    for weight in (0.0, gamma):
        keras.utils.set_random_seed(0)
        model = make(encoder=mlp(6, 2 * DIM), adversary=mlp(DIM, 1), weight=weight)
        model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
        kernel, discriminator = model.encoder.weights[0], model.adversarial.adversary
        before, w = np.array(kernel)[:, :DIM], np.array(discriminator.weights[0])
        images = np.array(batch["image"])[::2]
        model.train_step(batch)
        changes[weight] = np.array(kernel)[:, :DIM] - before
    actual = changes[gamma] - changes[0.0]
    expected = -rate * gamma * images.mean(axis=0)[:, None] * w.T
    np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=1e-6)
    # A sigmoid of about 1/2 makes the leak about a quarter: no rounding error.
    leaky = expected * (gamma - 0.25) / gamma
    assert np.abs(leaky - expected).max() > 100 * np.abs(actual - expected).max()


def test_the_adversary_s_loss_has_no_gradient_for_the_encoder(batch):
    model = make()
    with tf.GradientTape() as tape:
        _, contrasted = model.compute_losses(batch, training=True)
        loss = model.adversarial.discriminator_loss(**contrasted)
    gradients = tape.gradient(loss, model.feature_variables)
    assert all(gradient is None for gradient in gradients)


def test_the_total_correlation_has_no_gradient_for_the_second_batch(batch):
    model = make()
    _, contrasted = model.compute_losses(batch, training=False)
    with tf.GradientTape() as tape:
        tape.watch(contrasted)
        loss = model.adversarial.encoder_loss(**contrasted)
    gradients = tape.gradient(loss, contrasted)
    assert gradients["others"] is None
    assert np.abs(gradients["features"]).max() > 0


@pytest.mark.parametrize("size", [32, 5])
def test_losses_match_the_paper(size, batch):
    """Of every other image, and the discriminator's of the rest as well."""
    model, batch = make(), {"image": batch["image"][:size]}
    keras.utils.set_random_seed(4)
    _, contrasted = model.compute_losses(batch, training=False)
    examples = model.adversarial.contrast.adversary_examples(**contrasted)
    sizes = [(size + 1) // 2, size // 2]
    codes, permuted = (np.array(part) for part in tf.split(examples.inputs, sizes))
    for own, other in zip(permuted.T, np.transpose(contrasted["others"]), strict=True):
        np.testing.assert_array_equal(np.sort(own), np.sort(other))

    def logits_of(codes):
        return np.array(model.adversarial.adversary(codes), np.float64)

    images = np.array(batch["image"], np.float64)[::2]
    mean, log_variance = np.split(
        np.array(model.encoder(images, training=False), np.float64), 2, axis=1
    )
    logits = np.array(model.decoder(codes), np.float64)
    bernoulli = images * logits - np.log1p(np.exp(logits))
    of_adversary = np.concatenate([-logits_of(codes), logits_of(permuted)])
    terms = {
        "reconstruction": -bernoulli.sum(axis=1).mean(),
        "divergence": 0.5
        * (mean**2 + np.exp(log_variance) - log_variance - 1).sum(axis=1).mean(),
        "adversarial": logits_of(codes).mean(),
        "adversary": np.log1p(np.exp(of_adversary)).mean(),
    }
    terms["loss"] = (
        terms["reconstruction"] + terms["divergence"] + 2.0 * terms["adversarial"]
    )
    keras.utils.set_random_seed(4)
    result = model.test_step(batch)
    for name, expected in terms.items():
        np.testing.assert_allclose(result[name], expected, rtol=1e-4, err_msg=name)


@pytest.mark.parametrize("alternating", [False, True])
def test_training_resumes_after_save_and_load(alternating, batch, tmp_path):
    model = make(
        likelihood=GaussianLikelihood(0.5),
        weight=SigmoidRamp(20),
        alternating=alternating,
        num_adversary_steps=2,
    )
    model.fit(tf.data.Dataset.from_tensors(batch).repeat(3), verbose=0)
    contract.assert_training_resumes(model, batch, tmp_path)


def test_predictions_are_of_the_means(batch):
    model = make()
    mean, _ = tf.split(model.encoder(batch["image"], training=False), 2, axis=1)
    np.testing.assert_array_equal(model.encode(batch["image"]), mean)
    actual = model.predict(batch["image"], verbose=0)
    np.testing.assert_allclose(actual, model.decoder(mean), atol=1e-5)
    assert not np.allclose(model.encode(batch["image"], training=True), mean)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_lowers_the_total_correlation():
    rows = factor_vae.run(0, Settings(tiny=True)).rows
    first, second = rows.values()
    assert second["total_correlation"] < 0.8 * first["total_correlation"]
