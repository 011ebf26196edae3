"""Are two samples from one distribution? Tests for codes against their prior."""

import numpy as np
from scipy.spatial.distance import cdist, pdist
from scipy.stats import ks_2samp


def kolmogorov_smirnov(first, second):
    """Compare the distribution of each element in two samples.

    Args:
        first: `[N, D]`.
        second: `[M, D]`.

    Returns:
        An array `[D]`: the greatest difference between the shares of either sample that
        are below a value, from 0 to 1. By chance alone it is about
        `0.87 * sqrt(1 / N + 1 / M)`.
    """
    pairs = zip(np.transpose(first), np.transpose(second), strict=True)
    return np.array([ks_2samp(*pair).statistic for pair in pairs])


def mmd_test(first, second, *, num_permutations=500, seed=0):
    """Test whether two samples are from one distribution, in all elements at once.

    The statistic is the squared maximum mean discrepancy with a Gaussian kernel,
    `exp(-|a - b|^2 / (2 s^2))`, s the median distance between all examples:

        E k(a, a') + E k(b, b') - 2 E k(a, b)

    its biased estimate, which is 0 or more. Were the distributions the same, to which
    sample an example belongs would not matter: what the statistic is then is found by
    permuting.

    Source: Gretton et al., *A Kernel Two-Sample Test*, JMLR 2012.

    Args:
        first: `[N, D]`.
        second: `[M, D]`.
        num_permutations: how many.
        seed: seed of the permutations.

    Returns:
        The statistic, and the p-value: the share of permutations, the given order
        among them, whose statistic is no less. Its least is
        `1 / (num_permutations + 1)`.
    """
    examples = np.concatenate([first, second]).astype(np.float64)
    median = np.median(pdist(examples))
    kernel = np.exp(-cdist(examples, examples, "sqeuclidean") / (2.0 * median**2))
    signs = np.repeat([1.0 / len(first), -1.0 / len(second)], [len(first), len(second)])
    rng = np.random.default_rng(seed)
    orders = [signs] + [rng.permutation(signs) for _ in range(num_permutations)]
    statistics = np.einsum("pi,pi->p", orders @ kernel, orders)
    # Rounding must not set apart orders that are the same but for the names.
    p_value = np.mean(statistics >= statistics[0] - 1e-12)
    return float(statistics[0]), float(p_value)
