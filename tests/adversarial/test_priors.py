"""Priors: moments, supports, and parts of labels."""

import keras
import numpy as np
import pytest

from keras_drnet.adversarial.distributions.posteriors import (
    GaussianPosterior,
    NoiseInput,
)
from keras_drnet.adversarial.distributions.priors import (
    Categorical,
    Gaussian,
    GaussianMixture,
    SwissRoll,
    UniformCube,
)
from keras_drnet.errors import InputError
from keras_drnet.losses.contrasts import PriorSample

PRIORS = [
    Gaussian(3, scale=2.0),
    UniformCube(3),
    Categorical(3),
    GaussianMixture([[0, 1], [2, 3]], scale=0.1),
    SwissRoll(4, num_turns=1),
]
every_prior = pytest.mark.parametrize("prior", PRIORS, ids=lambda p: type(p).__name__)


def draw(prior, *args):
    return np.array(prior(*args))


def one_hot(labels, num_columns):
    return keras.ops.one_hot(labels, num_columns)


def test_gaussian_has_its_moments():
    draws = draw(Gaussian(2, scale=3.0), 20000)
    np.testing.assert_allclose(draws.mean(axis=0), 0.0, atol=0.1)
    np.testing.assert_allclose(np.cov(draws.T), 9.0 * np.eye(2), atol=0.3)


def test_cube_is_filled_evenly():
    draws = draw(UniformCube(2), 20000)
    assert np.abs(draws).max() <= 1.0
    for column in draws.T:
        counts, _ = np.histogram(column, bins=4, range=(-1, 1))
        np.testing.assert_allclose(counts / 20000, 0.25, atol=0.02)


def test_categories_are_one_hot_and_equally_likely():
    draws = draw(Categorical(4), 20000)
    np.testing.assert_array_equal(np.sort(draws, axis=1)[:, :3], 0.0)
    np.testing.assert_array_equal(draws.sum(axis=1), 1.0)
    np.testing.assert_allclose(draws.mean(axis=0), 0.25, atol=0.02)


def test_means_of_ring_and_grid():
    ring = np.array(GaussianMixture.ring(4, radius=2.0).means)
    np.testing.assert_allclose(ring, [[2, 0], [0, 2], [-2, 0], [0, -2]], atol=1e-12)
    grid = GaussianMixture.grid(3, spacing=2.0).means
    assert grid == [[x, y] for x in (-2.0, 0.0, 2.0) for y in (-2.0, 0.0, 2.0)]


def test_mixture_has_the_moments_of_each_part():
    prior = GaussianMixture([[0, 1], [5, 3]], scale=0.5)
    labels = np.arange(10000) % 2
    draws = draw(prior, 10000, one_hot(labels, 2))
    for part, mean in enumerate(prior.means):
        np.testing.assert_allclose(draws[labels == part].mean(axis=0), mean, atol=0.05)
        np.testing.assert_allclose(draws[labels == part].std(axis=0), 0.5, atol=0.05)


def test_examples_of_no_label_are_drawn_from_all_parts():
    prior = GaussianMixture.ring(5, radius=10.0, scale=0.1)
    labels = np.repeat([3, 5], 5000)
    draws = draw(prior, 10000, one_hot(labels, 6))
    nearest = np.argmin(prior.distances(draws), axis=1)
    assert set(nearest[:5000]) == {3}
    shares = np.bincount(nearest[5000:], minlength=5) / 5000
    np.testing.assert_allclose(shares, 0.2, atol=0.03)
    without = np.argmin(prior.distances(draw(prior, 5000)), axis=1)
    np.testing.assert_allclose(np.bincount(without) / 5000, 0.2, atol=0.03)


def test_distances_are_euclidean():
    prior = GaussianMixture([[0, 0], [3, 4]], scale=1.0)
    np.testing.assert_allclose(prior.distances(np.zeros((1, 2))), [[0.0, 5.0]])


def test_swiss_roll_is_a_spiral_and_labels_go_outwards():
    prior = SwissRoll(3, num_turns=2, radius=4.0, scale=0.0)
    labels = np.repeat([0, 1, 2], 500)
    draws = draw(prior, 1500, one_hot(labels, 3))
    share = np.linalg.norm(draws, axis=1) / 4.0
    angle = 4.0 * np.pi * share
    expected = 4.0 * share[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    np.testing.assert_allclose(draws, expected, atol=1e-4)
    for part, (low, high) in enumerate([(0.25, 0.5), (0.5, 0.75), (0.75, 1.0)]):
        inside = share[labels == part]
        assert low - 1e-5 <= inside.min() < low + 0.02
        assert high - 0.02 < inside.max() <= high + 1e-5


def test_a_label_with_too_many_columns_is_refused():
    with pytest.raises(InputError, match="5 columns and the prior 3 parts"):
        GaussianMixture.ring(3)(2, one_hot([0, 1], 5))


@every_prior
def test_draws_are_new_each_time_and_repeat_with_the_seed(prior):
    draws = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        draws.append((draw(prior, 50), draw(prior, 50)))
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(*draws[0])
    assert draws[0][0].dtype == np.float32


@every_prior
def test_a_prior_survives_saving_with_a_contrast(prior):
    contrast = PriorSample(prior, conditional_prior=True)
    loaded = PriorSample.from_config(contrast.get_config())
    assert type(loaded.prior) is type(prior)
    keras.utils.set_random_seed(0)
    expected = draw(prior, 10)
    keras.utils.set_random_seed(0)
    np.testing.assert_array_equal(draw(loaded.prior, 10), expected)


def test_gaussian_posterior_has_its_moments_in_training_and_its_mean_else():
    layer = GaussianPosterior(seed=0)
    parameters = np.tile([1.0, -2.0, 0.0, np.log(9.0)], (20000, 1)).astype("float32")
    draws = np.array(layer(parameters, training=True))
    np.testing.assert_allclose(draws.mean(axis=0), [1.0, -2.0], atol=0.1)
    np.testing.assert_allclose(draws.std(axis=0), [1.0, 3.0], atol=0.1)
    np.testing.assert_array_equal(layer(parameters), parameters[:, :2])


def test_noise_is_appended_to_features():
    features = np.ones((5000, 2), "float32")
    result = np.array(NoiseInput(3, seed=0)(features))
    np.testing.assert_array_equal(result[:, :2], features)
    np.testing.assert_allclose(np.cov(result[:, 2:].T), np.eye(3), atol=0.1)
