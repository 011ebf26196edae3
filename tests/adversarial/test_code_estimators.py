"""FactorVAETransformer and AAETransformer: their systems, codes, draws."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.adversarial.distributions import priors
from keras_drnet.adversarial.distributions.likelihoods import GaussianLikelihood
from keras_drnet.adversarial.estimators import AAETransformer, FactorVAETransformer
from keras_drnet.adversarial.metrics.two_sample import kolmogorov_smirnov
from keras_drnet.adversarial.networks import fan_in_uniform, mlp
from keras_drnet.adversarial.systems.aae import AAE
from keras_drnet.adversarial.systems.factor_vae import FactorVAE
from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PermuteDims, PriorSample
from tests.support.tables import TINY, TINY_NETWORKS

SETTINGS = TINY | TINY_NETWORKS | {"random_state": 3}


@pytest.fixture
def rows(rng):
    return rng.uniform(size=(40, 3)).astype("float32")


def test_weights_are_within_the_inverse_root_of_their_inputs():
    network = mlp((30, 34), 100, 25, initialize=fan_in_uniform)
    for weight, inputs in zip(network.get_weights(), (64, 64, 100, 100), strict=True):
        assert 0.8 < np.abs(weight).max() * inputs**0.5 <= 1.0
        assert weight.min() < 0.0 < weight.max()
    kernel, bias = network.get_weights()[2:]
    assert not np.isin(bias, kernel).any()


@pytest.mark.parametrize(
    ("estimator", "rate"),
    [
        (FactorVAETransformer(n_components=2, gamma=3.0, **SETTINGS), 1e-3),
        (AAETransformer(adversarial_weight=0.5, **SETTINGS), 3e-3),
    ],
)
def test_it_is_the_system_trained_by_hand(estimator, rate, rows):
    is_vae = isinstance(estimator, FactorVAETransformer)
    keras.utils.set_random_seed(3)
    own = {"initialize": fan_in_uniform} if is_vae else {}
    encoder, decoder = mlp(3, 4, 4 if is_vae else 2, **own), mlp(2, 4, 3, **own)
    adversary = mlp(2, 4, 1, activation="leaky_relu", **own)
    if is_vae:
        adversarial = AdversarialLoss(
            adversary, PermuteDims(), objective="logit_difference", weight=3.0
        )
        model = FactorVAE(encoder, decoder, adversarial, GaussianLikelihood(0.5))
    else:
        contrast = PriorSample(priors.Gaussian(2))
        adversarial = AdversarialLoss(
            adversary, contrast, objective="flipped_labels", weight=0.5
        )
        model = AAE(encoder, decoder, adversarial)
    decay = keras.optimizers.schedules.CosineDecay
    model.compile(
        keras.optimizers.Adam(decay(rate, 3), 0.9 if is_vae else 0.5),
        keras.optimizers.Adam(decay(1e-3, 3), 0.5),
    )
    data = shuffled({"image": rows}, 16, seed=3)
    model.fit(data, steps_per_epoch=3, shuffle=False, verbose=0)
    codes = estimator.fit_transform(rows)
    np.testing.assert_allclose(codes, np.array(encoder(rows))[:, :2], rtol=1e-5)
    np.testing.assert_allclose(
        estimator.inverse_transform(codes), np.array(decoder(codes)), rtol=1e-5
    )


@pytest.mark.parametrize("cls", [FactorVAETransformer, AAETransformer])
def test_codes_of_another_length_are_one_sentence(cls, rows):
    transformer = cls(n_components=2, **SETTINGS).fit(rows)
    with pytest.raises(InputError, match=r"shape of Z is \(4, 3\); expected \[N, 2\]"):
        transformer.inverse_transform(np.zeros((4, 3)))


def test_bernoulli_decodes_to_probabilities(rows):
    transformer = FactorVAETransformer(likelihood="bernoulli", **SETTINGS).fit(rows)
    decoded = transformer.inverse_transform(100 * transformer.transform(rows))
    assert decoded.min() >= 0 and decoded.max() <= 1
    with pytest.raises(InputError, match=r"X has values from .* expected \[0, 1\]"):
        clone(transformer).fit(rows + 1)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (FactorVAETransformer(gamma=-1), "gamma is -1"),
        (FactorVAETransformer(likelihood="poisson"), "Unknown likelihood 'poisson'"),
        (FactorVAETransformer(scale=0), "The scale is 0"),
        (FactorVAETransformer(n_components=0), "n_components is 0"),
        (AAETransformer(prior="gauss"), "Unknown prior 'gauss'"),
        (AAETransformer(prior=priors.Gaussian(3)), "have 3 elements; expected 2"),
    ],
)
def test_a_bad_parameter_is_found_in_fit(estimator, message, rows):
    with pytest.raises(InputError, match=message):
        estimator.fit(rows)


def test_any_prior_is_kept_by_clone_and_save(rows, tmp_path):
    ring = priors.GaussianMixture.ring(5)
    transformer = clone(AAETransformer(prior=ring, **SETTINGS)).fit(rows)
    transformer.save(tmp_path / "aae")
    loaded = AAETransformer.load(tmp_path / "aae")
    assert loaded.prior.get_config() == ring.get_config()
    drawn = [one.sample(6, random_state=1) for one in (transformer, loaded)]
    assert drawn[0].shape == (6, 3)
    np.testing.assert_array_equal(*drawn)
    assert not np.array_equal(drawn[0], loaded.sample(6, random_state=2))


@pytest.mark.slow  # Thousands of steps.
def test_codes_of_the_aae_are_distributed_like_the_prior(rng):
    rows = (rng.uniform(-1, 1, size=(600, 2)) @ rng.normal(size=(2, 5))).astype("f4")
    draws = rng.normal(size=(5000, 2))
    distances = [
        kolmogorov_smirnov(
            AAETransformer(adversarial_weight=weight, random_state=0).fit_transform(
                rows
            ),
            draws,
        ).max()
        for weight in (0.0, 0.02)
    ]
    assert distances[1] < 0.1 < distances[0]


@pytest.mark.slow  # Thousands of steps.
def test_the_factor_vae_finds_independent_factors(rng):
    factors = rng.uniform(-1.7, 1.7, size=(1000, 2))
    rows = factors @ np.array([[1.0, 0.5, -1.0], [0.3, 1.0, 1.0]])
    vae = FactorVAETransformer(n_components=2, random_state=0)
    codes = vae.fit_transform(rows)
    assert abs(np.corrcoef(codes.T)[0, 1]) < 0.1
    error = np.square(vae.inverse_transform(codes) - rows).mean()
    assert error < 0.1 * rows.var()
