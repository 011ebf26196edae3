"""AVB: the bound by hand, exact divergences, isolation, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from matplotlib.figure import Figure
from scipy.stats import multivariate_normal

from keras_drnet.adversarial.distributions.likelihoods import (
    BernoulliLikelihood,
    GaussianLikelihood,
)
from keras_drnet.adversarial.distributions.priors import Gaussian
from keras_drnet.adversarial.distributions.structured_posterior import (
    StructuredPosterior,
)
from keras_drnet.adversarial.experiments import avb
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.avb import AVB
from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PriorSample
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import system_contract as contract
from tests.support.system_contract import dense, joined, mlp

either_contrast = pytest.mark.parametrize("adaptive", [False, True])


def make(
    adaptive, *, objective="logit_difference", weight=1.0, likelihood=None, **kwargs
):
    keras.utils.set_random_seed(0)
    image = keras.Input((6,))
    features = dense(image, 8, 8, batch_norm=True)
    drawn = StructuredPosterior(3, seed=1)(features)
    adversarial = AdversarialLoss(
        joined(2, 6, sizes=(16, 1)),
        PriorSample(Gaussian(2)),
        objective=objective,
        weight=weight,
    )
    model = AVB(
        keras.Model(image, drawn if adaptive else drawn[0]),
        mlp(2, 8, 6),
        adversarial,
        likelihood or BernoulliLikelihood(),
        **kwargs,
    )
    return contract.compiled(model)


@pytest.fixture
def batch(rng):
    return {"image": tf.constant(rng.integers(0, 2, (16, 6)), tf.float32)}


@either_contrast
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_adversary(adaptive, objective, batch):
    model = make(adaptive, objective=objective)
    networks = (model.encoder, model.decoder)
    contract.assert_features_step_changes_features_only(model, batch, networks)


@either_contrast
def test_the_adversary_step_changes_nothing_else(adaptive, batch):
    contract.assert_adversary_step_changes_adversary_only(make(adaptive), batch)


def log_normal(codes, mean=0.0, deviation=1.0):
    standardized = (codes - mean) / deviation
    densities = -0.5 * standardized**2 - np.log(deviation * np.sqrt(2.0 * np.pi))
    return densities.sum(axis=1)


@either_contrast
@pytest.mark.parametrize("likelihood", [BernoulliLikelihood(), GaussianLikelihood(0.5)])
def test_losses_match_the_paper(adaptive, likelihood, batch):
    model = make(adaptive, likelihood=likelihood)
    images = np.array(batch["image"])
    state = np.array(seed_state(model))
    encoded = model.encoder(images, training=False)
    codes, *moments = map(np.float64, encoded if adaptive else [encoded])
    contrasted, auxiliary = codes, 0.0
    if adaptive:
        mean, deviation = moments
        contrasted = (codes - mean) / deviation
        auxiliary = np.mean(log_normal(codes, mean, deviation) - log_normal(codes))
    decoded = np.float64(model.decoder(codes))
    if isinstance(likelihood, BernoulliLikelihood):
        log_prob = -np.logaddexp(0.0, np.where(images == 1, -decoded, decoded))
        log_prob = log_prob.sum(axis=1)
    else:
        log_prob = log_normal(images, decoded, 0.5)
    keras.utils.set_random_seed(4)
    draws = np.array(Gaussian(2)(16))
    encoded, drawn = (
        np.float64(model.adversarial.adversary((z, images)))
        for z in (contrasted, draws)
    )
    adversary = 0.5 * (
        np.logaddexp(0.0, -encoded).mean() + np.logaddexp(0.0, drawn).mean()
    )
    seed_state(model).assign(state)
    keras.utils.set_random_seed(4)
    result = model.test_step(batch)
    for name, expected in (
        ("reconstruction", -log_prob.mean()),
        ("auxiliary", auxiliary),
        ("adversarial", encoded.mean()),
        ("adversary", adversary),
        ("loss", -log_prob.mean() + auxiliary + encoded.mean()),
    ):
        np.testing.assert_allclose(
            result[name], expected, rtol=1e-4, atol=1e-6, err_msg=name
        )


def seed_state(model):
    (state,) = (v for v in model.non_trainable_variables if "seed" in v.path)
    return state


class Optimal(keras.layers.Layer):
    """The best T for standardized codes of a Gaussian of this covariance."""

    def __init__(self, covariance):
        super().__init__()
        self.precision = tf.constant(np.linalg.inv(covariance) - np.eye(2), tf.float32)
        self.constant = -0.5 * np.log(np.linalg.det(covariance))

    def call(self, inputs):
        codes = inputs[0]
        squares = keras.ops.sum((codes @ self.precision) * codes, axis=-1)
        return (self.constant - 0.5 * squares)[:, None]


def test_the_divergence_of_the_optimal_adversary_is_exact(rng):
    """T + log r - log p, for a Gaussian posterior that is far off and correlated."""
    mean, factor = np.array([2.0, -1.0]), np.array([[0.1, 0.0], [0.05, 0.02]])
    covariance = factor @ factor.T
    exact = 0.5 * (np.trace(covariance) + mean @ mean - 2.0)
    exact -= 0.5 * np.log(np.linalg.det(covariance))
    codes = np.float32(mean + rng.normal(size=(50_000, 2)) @ factor.T)
    deviation = np.sqrt(np.diag(covariance))
    moments = [np.broadcast_to(m, codes.shape) for m in (mean, deviation)]
    encoder = keras.layers.Lambda(lambda x: (x, *map(np.float32, moments)))
    best = Optimal(covariance / np.outer(deviation, deviation))
    adversarial = AdversarialLoss(
        best, PriorSample(Gaussian(2)), objective="logit_difference"
    )
    model = AVB(encoder, keras.layers.Identity(), adversarial, GaussianLikelihood())
    model.compile(keras.optimizers.SGD(), keras.optimizers.SGD())
    losses = model.test_step({"image": tf.constant(codes)})
    divergence = losses["adversarial"] + losses["auxiliary"]
    np.testing.assert_allclose(divergence, exact, rtol=0.01)


def test_moments_of_the_contrast_have_no_gradient(batch):
    model = make(True)
    means, deviations = tf.Variable(tf.zeros((16, 2))), tf.Variable(tf.ones((16, 2)))
    codes = tf.Variable(tf.ones((16, 2)))
    with tf.GradientTape() as tape:
        model.encoder = lambda x, training: (codes, 1.0 * means, 2.0 * deviations)
        losses = model.add_adversarial_loss(*model.compute_losses(batch, training=True))
    gradients = tape.gradient(losses["loss"], [codes, means, deviations])
    assert gradients[0] is not None
    assert gradients[1:] == [None, None]


@pytest.mark.parametrize("hidden_dim", [0, 16])
def test_a_structured_posterior_has_the_moments_that_it_returns(hidden_dim, rng):
    layer = StructuredPosterior(3, noise_dim=2, hidden_dim=hidden_dim, seed=0)
    parameters = np.tile(np.float32(rng.normal(size=8)), (20_000, 1))
    codes, means, deviations = map(np.array, layer(parameters))
    assert codes.shape == means.shape == deviations.shape == (20_000, 2)
    np.testing.assert_allclose(codes.mean(axis=0), means[0], atol=0.05)
    np.testing.assert_allclose(codes.std(axis=0), deviations[0], rtol=0.05)
    again = np.array(layer(parameters)[0])
    assert not np.array_equal(codes, again)


def test_a_linear_structured_posterior_is_gaussian(rng):
    layer = StructuredPosterior(2, noise_dim=2, hidden_dim=0, seed=0)
    parameters = np.float32(rng.normal(size=6))
    codes = np.array(layer(np.tile(parameters, (50_000, 1)))[0])
    weights = np.array(layer.bases.weights[0])
    factors = weights * parameters.reshape(3, 1, 2)[1:]
    factors = factors.reshape(-1, 2)
    covariance = factors.T @ factors
    np.testing.assert_allclose(np.cov(codes.T), covariance, atol=0.05)
    density = multivariate_normal(codes.mean(axis=0), covariance)
    entropy = -density.logpdf(codes).mean()
    np.testing.assert_allclose(entropy, density.entropy(), atol=0.05)


@either_contrast
def test_training_resumes_after_save_and_load(adaptive, batch, tmp_path):
    model = make(
        adaptive,
        weight=SigmoidRamp(20),
        likelihood=GaussianLikelihood(0.5),
        num_adversary_steps=2,
        alternating=True,
    )
    loaded = contract.assert_training_resumes(model, batch, tmp_path)
    assert loaded.likelihood.scale == 0.5


@either_contrast
def test_predict_draws_reconstructions(adaptive, batch):
    model = make(adaptive)
    state = np.array(seed_state(model))
    encoded = model.encoder(batch["image"], training=False)
    expected = model.decoder(encoded[0] if adaptive else encoded)
    seed_state(model).assign(state)
    actual = model.predict(batch["image"], verbose=0)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_invalid_arguments_are_named(batch):
    model = make(True)
    model.encoder = lambda x, training: (x, x)
    with pytest.raises(InputError, match="returned 2 tensors; expected codes alone"):
        model.draw_codes(batch["image"])
    with pytest.raises(InputError, match="got 7 parameters; expected a multiple of 4"):
        StructuredPosterior(3)(np.zeros((1, 7)))
    with pytest.raises(InputError, match="The scale is 0; expected"):
        GaussianLikelihood(0)


@pytest.mark.slow  # A tiny run of the experiment.
def test_tiny_experiment_learns():
    """In seconds: near what can be reached, and normal codes, but no more."""
    outcome = avb.run(0, Settings(tiny=True))
    assert list(outcome.rows) == list(avb.ROWS)
    for row in avb.ROWS:
        # Four points, each of four logits of 0, have 4 * log 2 = 2.77.
        assert -2.3 < outcome.rows[row]["log_evidence"] < -np.log(4)
        assert outcome.rows[row]["kolmogorov_smirnov"] < 0.3
        assert outcome.arrays[row].shape == (4, 500, 2)
    figure = Figure()
    avb.EXPERIMENT.draw(figure, outcome.arrays)
    assert [axis.get_title() for axis in figure.axes] == list(avb.ROWS)


@pytest.mark.slow  # A tiny run of the experiment.
def test_tiny_linear_experiment_learns():
    outcome = avb.run_linear(0, Settings(tiny=True))
    assert list(outcome.rows) == list(avb.ROWS)
    assert outcome.rows[avb.CONTRAST_ROW]["divergence_error"] < 0.1
