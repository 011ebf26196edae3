"""Evidence of a decoder, `log p(x)`, by integration over codes.

It needs no density of a posterior, so that decoders can be compared however they were
trained:

    log p(x) = log sum_s w_s p(x|z_s)

with nodes z_s and weights w_s that stand for the prior N(0, I): `grid`, exact for codes
of two elements, or `gaussian_draws`.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from keras_drnet.checks.arrays import check_array, check_positive
from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_same_shape


class Nodes(NamedTuple):
    """Weighted codes that approximate N(0, I).

    Attributes:
        codes: float32 `[S, D]`.
        log_weights: `[S]`.
    """

    codes: np.ndarray
    log_weights: np.ndarray


def grid(dim=2, *, limit=6.0, num_points=161):
    """Make nodes on a grid, by the trapezoidal rule.

    Its error vanishes faster than any power of the spacing where `p(x|z)` is smooth,
    once the spacing is below the width of `p(x|z)`.

    Args:
        dim: length of codes, D; there are `num_points ** D` nodes.
        limit: the grid is from `-limit` to `limit`, above 0.
        num_points: nodes along an axis, at least 2.

    Raises:
        InputError: a number is too small.
    """
    check_count(dim, "dim")
    check_positive(limit, "limit")
    check_count(num_points, "num_points", least=2)
    points = np.linspace(-limit, limit, num_points)
    codes = np.array(list(itertools.product(points, repeat=dim)))
    log_cell = dim * math.log(points[1] - points[0])
    return Nodes(np.float32(codes), _log_normal(codes) + log_cell)


def gaussian_draws(num_draws, mean, deviation, rng):
    """Draw nodes from a Gaussian: importance sampling.

    With mean 0 and deviation 1 these are draws of the prior. For one example, and long
    codes, use the mean of its posterior and somewhat more than its deviation: unequal
    weights make the estimate too low.

    Args:
        num_draws: S.
        mean: `[D]`.
        deviation: `[D]`, standard deviations, above 0.
        rng: `np.random.Generator`.

    Raises:
        InputError: means and deviations differ in shape, a mean is not finite, a
            deviation is not above 0, or there are no draws.
    """
    check_count(num_draws, "num_draws")
    mean = check_array(mean, "mean", ("D",))
    check_same_shape(mean=mean, deviation=deviation)
    check_positive(deviation, "deviation")
    noise = rng.normal(size=(num_draws, len(mean)))
    codes = mean + deviation * noise
    log_density = _log_normal(noise) - np.sum(np.log(deviation))
    return Nodes(
        np.float32(codes), _log_normal(codes) - log_density - math.log(num_draws)
    )


def log_evidence(examples, decoder, likelihood, nodes):
    """Return `log p(x)` of examples `[B, ...]`, float `[B]`, in nats.

    Args:
        examples: `[B, ...]`.
        decoder: codes to parameters of the likelihood.
        likelihood: an object of `likelihoods`.
        nodes: `Nodes`, used for all the examples.

    Raises:
        InputError: examples are not in the shape of the decoder's outputs.
    """
    outputs = decoder.predict(nodes.codes, batch_size=4096, verbose=0)
    return np.array(
        [
            logsumexp(likelihood.log_prob(example[None], outputs) + nodes.log_weights)
            for example in examples
        ]
    )


def _log_normal(codes):
    return -0.5 * np.sum(codes**2 + math.log(2.0 * math.pi), axis=-1)
