"""Nearest neighbors against a slow search, and the memorization ratio."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.metrics.nearest_neighbors import memorization_ratio, nearest


@settings(max_examples=25)
@given(
    num_items=st.integers(1, 9),
    num_bank=st.integers(3, 12),
    k=st.integers(1, 3),
    seed=st.integers(0, 999),
)
def test_neighbors_are_those_of_a_slow_search(num_items, num_bank, k, seed):
    rng = np.random.default_rng(seed)
    items = rng.uniform(size=(num_items, 3, 2, 1)).astype(np.float32)
    bank = rng.uniform(size=(num_bank, 3, 2, 1)).astype(np.float32)
    distances, indices = nearest(items, bank, k)
    slow = np.array([[np.linalg.norm(a - b) for b in bank] for a in items])
    expected = np.argsort(slow, axis=1)[:, :k]
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_allclose(
        distances, np.take_along_axis(slow, expected, axis=1), rtol=1e-5
    )


def test_equal_items_have_distance_zero_and_are_sorted_by_index(rng):
    for bank in (
        rng.integers(0, 256, (700, 8, 8, 3), dtype=np.uint8),
        rng.normal(size=(700, 10)).astype(np.float32),
    ):
        bank[[300, 650]] = bank[20]
        bank[5] = bank[600]
        distances, indices = nearest(bank[[300, 600]], bank, 3)
        assert indices[0].tolist() == [20, 300, 650]
        assert indices[1, :2].tolist() == [5, 600]
        np.testing.assert_array_equal(distances == 0, [[True] * 3, [True, True, False]])


def test_bytes_have_the_distances_of_the_frames_they_encode(rng):
    items, bank = (rng.integers(0, 256, (n, 8, 8, 3), dtype=np.uint8) for n in (3, 9))
    exact, exact_indices = nearest(items / 255, bank / 255)
    for some_items, some_bank in (
        (items, bank),
        (items / 255, bank),
        (items, bank / 255),
    ):
        distances, indices = nearest(some_items, some_bank)
        np.testing.assert_allclose(distances, exact)
        np.testing.assert_array_equal(indices, exact_indices)


def test_the_ratio_tells_copies_from_new_frames(rng):
    bank, held_out, new = rng.uniform(size=(3, 60, 8, 8, 3)).astype(np.float32)
    assert memorization_ratio(bank[:20], held_out, bank) == 0
    assert memorization_ratio(bank[:20] + 1e-3, held_out, bank) < 0.01
    assert abs(memorization_ratio(new, held_out, bank) - 1) < 0.1
