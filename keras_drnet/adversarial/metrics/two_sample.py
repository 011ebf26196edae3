"""Two-sample tests, of codes against their prior."""

import numpy as np
from scipy.spatial.distance import cdist, pdist
from scipy.stats import ks_2samp

from keras_drnet.checks.arrays import MATRIX, check_array
from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_same_shape
from keras_drnet.errors import InputError


def kolmogorov_smirnov(first, second):
    """Return the Kolmogorov-Smirnov statistic of each element in two samples.

    Args:
        first: `[N, D]`.
        second: `[M, D]`.

    Returns:
        An array `[D]`: the greatest difference of the two cumulative distributions,
        from 0 to 1. By chance alone it is about `0.87 * sqrt(1 / N + 1 / M)`.

    Raises:
        InputError: a sample has another shape, is empty or not finite.
    """
    first, second = _check_samples(first, second)
    pairs = zip(np.transpose(first), np.transpose(second), strict=True)
    return np.array([ks_2samp(*pair).statistic for pair in pairs])


def mmd_test(first, second, *, num_permutations=500, seed=0):
    """Test whether two samples are from one distribution, all elements jointly.

    The statistic is the squared maximum mean discrepancy with a Gaussian kernel,
    `exp(-|a - b|^2 / (2 s^2))`, s the median distance between all examples:

        E k(a, a') + E k(b, b') - 2 E k(a, b)

    its biased estimate, which is 0 or more. Its distribution under the null hypothesis
    is found by permuting which sample the examples belong to.

    Source: Gretton et al., *A Kernel Two-Sample Test*, JMLR 2012.

    Args:
        first: `[N, D]`.
        second: `[M, D]`.
        num_permutations: number of random permutations, at least 1.
        seed: seed of the permutations.

    Returns:
        The statistic, and the p-value: the share of permutations, including the given
        order, whose statistic is no less. Its minimum is `1 / (num_permutations + 1)`.

    Raises:
        InputError: as `kolmogorov_smirnov`, or there are no permutations, or more than
            half of the pairs of examples are equal, so that s is 0.
    """
    first, second = _check_samples(first, second)
    check_count(num_permutations, "num_permutations")
    examples = np.concatenate([first, second]).astype(np.float64)
    median = np.median(pdist(examples))
    if not median:
        raise InputError(
            "The median distance between the examples is 0, as most of them are equal; "
            "expected more that differ, as the kernel is as wide as this distance."
        )
    kernel = np.exp(-cdist(examples, examples, "sqeuclidean") / (2.0 * median**2))
    signs = np.repeat([1.0 / len(first), -1.0 / len(second)], [len(first), len(second)])
    rng = np.random.default_rng(seed)
    orders = [signs] + [rng.permutation(signs) for _ in range(num_permutations)]
    statistics = np.einsum("pi,pi->p", orders @ kernel, orders)
    # A tolerance: rounding must not separate orders that are equivalent.
    p_value = np.mean(statistics >= statistics[0] - 1e-12)
    return float(statistics[0]), float(p_value)


def _check_samples(first, second):
    first, second = (
        check_array(first, "first", MATRIX),
        check_array(second, "second", MATRIX),
    )
    check_same_shape(first=first, second=second, skip_batch=True)
    return first, second
