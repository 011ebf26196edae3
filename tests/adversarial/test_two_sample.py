"""Two-sample tests: by hand, their level, and their power."""

import numpy as np
import pytest

from keras_drnet.adversarial.metrics.two_sample import kolmogorov_smirnov, mmd_test


def test_kolmogorov_smirnov_by_hand():
    """Below 3 are all of (1, 2), none of (3, 4); below 2, half of (1, 5), no other."""
    first, second = np.array([[1, 1], [2, 5]]), np.array([[3, 2], [4, 3]])
    np.testing.assert_allclose(kolmogorov_smirnov(first, second), [1.0, 0.5])


def test_kolmogorov_smirnov_of_normal_samples(rng):
    first, second = rng.normal(size=(2, 8000, 3))
    second = second * [1.0, 1.0, 2.0] + [0.0, 0.5, 0.0]
    # Greatest |Phi(x) - Phi(x - .5)|, and |Phi(x) - Phi(x / 2)|.
    expected = [0.0, 0.197, 0.161]
    np.testing.assert_allclose(kolmogorov_smirnov(first, second), expected, atol=0.03)


def test_mmd_by_hand():
    """Examples 0, 1 and 3: distances 1, 2 and 3, median 2."""
    first, second = np.array([[0.0], [1.0]]), np.array([[3.0]])
    k = {d: np.exp(-(d**2) / 8.0) for d in (1, 2, 3)}
    expected = (2 + 2 * k[1]) / 4 + 1.0 - 2 * (k[3] + k[2]) / 2
    statistic, p_value = mmd_test(first, second, num_permutations=600)
    np.testing.assert_allclose(statistic, expected, rtol=1e-12)
    # Of the three ways to take one example away, 3 is the furthest.
    np.testing.assert_allclose(p_value, 1 / 3, atol=0.06)


def test_mmd_p_value_is_uniform_for_equal_distributions():
    rng = np.random.default_rng(1)
    p_values = [
        mmd_test(*rng.normal(size=(2, 40, 2)), num_permutations=99)[1]
        for _ in range(300)
    ]
    np.testing.assert_allclose(np.mean(p_values), 0.5, atol=0.05)
    np.testing.assert_allclose(np.mean(np.array(p_values) <= 0.1), 0.1, atol=0.06)


@pytest.mark.parametrize("change", ["mean", "scale", "dependence"])
def test_mmd_detects_a_difference(rng, change):
    first, second = rng.normal(size=(2, 300, 2))
    if change == "mean":
        second = second + 0.5
    elif change == "scale":
        second = second * 1.6
    else:
        # Each element on its own stays as it was: only the pair gives it away.
        second[:, 1] = np.sign(second[:, 0]) * np.abs(second[:, 1])
    _, p_value = mmd_test(first, second, num_permutations=199)
    assert p_value == 1 / 200


def test_samples_may_differ_in_size_and_seeds_repeat(rng):
    first, second = rng.normal(size=(30, 2)), rng.normal(size=(50, 2))
    assert mmd_test(first, second, seed=1) == mmd_test(first, second, seed=1)
    assert mmd_test(first, second)[1] > 0.01
