"""Fresh probes on features that leak, that do not, and that mislead one adversary."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.adversarial.metrics.leakage import (
    domain_leakage,
    group_leakage,
    proxy_a_distance,
)


def features(rng, count, *, shift):
    group = np.arange(count) % 2
    return rng.normal(size=(count, 3)) + shift * group[:, None], group


@pytest.mark.parametrize(("shift", "low", "high"), [(0.0, 0.4, 0.6), (4.0, 0.99, 1.0)])
def test_probes_find_groups_only_where_features_differ(rng, shift, low, high):
    leakage = group_leakage(
        *features(rng, 600, shift=shift), *features(rng, 400, shift=shift)
    )
    assert leakage["chance"] == 0.5
    assert low <= leakage["linear"] <= high and low <= leakage["mlp"] <= high


def test_domain_probes_are_tested_on_held_out_features(rng):
    source, target = rng.normal(size=(400, 40)), rng.normal(size=(300, 40))
    leakage = domain_leakage(source, target)
    assert leakage["chance"] == 0.5
    assert 0.35 < leakage["linear"] < 0.65 and 0.35 < leakage["mlp"] < 0.65
    leakage = domain_leakage(source, target + 3.0)
    assert leakage["linear"] == leakage["mlp"] == 1.0


def test_equal_domains_have_distance_0_and_separate_ones_2(rng):
    source = rng.normal(size=(800, 4))
    assert proxy_a_distance(source, rng.normal(size=(800, 4))) < 0.3
    assert proxy_a_distance(source, rng.normal(size=(300, 4)) + 5.0) > 1.95


def test_distance_is_two_less_four_times_the_error(rng):
    """One bit, right with probability 3/4: e = 1/4, so the distance is 1."""
    source, target = (np.float64(rng.uniform(size=(6000, 1)) < p) for p in (0.25, 0.75))
    np.testing.assert_allclose(proxy_a_distance(source, target), 1.0, atol=0.1)


@settings(max_examples=10)
@given(seed=st.integers(0, 99), counts=st.tuples(*[st.integers(8, 40)] * 2))
def test_a_distance_is_never_below_zero(seed, counts):
    rng = np.random.default_rng(seed)
    domains = [rng.normal(size=(count, 2)) for count in counts]
    assert 0.0 <= proxy_a_distance(*domains, seed=seed) <= 2.0
