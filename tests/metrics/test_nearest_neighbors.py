"""Nearest neighbors against a slow search, and what the ratio says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.metrics import nearest_neighbors
from keras_drnet.metrics.nearest_neighbors import memorisation_ratio, nearest


@settings(max_examples=25, deadline=None)
@given(
    num_items=st.integers(1, 9),
    num_bank=st.integers(3, 12),
    k=st.integers(1, 3),
    block=st.integers(1, 5),
    seed=st.integers(0, 999),
)
def test_neighbors_are_those_of_a_slow_search(num_items, num_bank, k, block, seed):
    rng = np.random.default_rng(seed)
    items = rng.uniform(size=(num_items, 3, 2, 1)).astype(np.float32)
    bank = rng.uniform(size=(num_bank, 3, 2, 1)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_neighbors, "BLOCK", block)
        distances, indices = nearest(items, bank, k)
    slow = np.array([[np.linalg.norm(a - b) for b in bank] for a in items])
    expected = np.argsort(slow, axis=1)[:, :k]
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_allclose(
        distances, np.take_along_axis(slow, expected, axis=1), rtol=1e-5
    )


def test_bytes_are_as_far_apart_as_the_frames_they_stand_for(rng):
    items, bank = (rng.integers(0, 256, (n, 8, 8, 3), dtype=np.uint8) for n in (3, 9))
    distances, indices = nearest(items, bank)
    exact, exact_indices = nearest(items / 255, bank / 255)
    np.testing.assert_allclose(distances, exact)
    np.testing.assert_array_equal(indices, exact_indices)


def test_the_ratio_tells_copies_from_new_frames(rng):
    bank, held_out, new = rng.uniform(size=(3, 60, 8, 8, 3)).astype(np.float32)
    assert memorisation_ratio(bank[:20], held_out, bank) == 0
    assert memorisation_ratio(bank[:20] + 1e-3, held_out, bank) < 0.01
    assert abs(memorisation_ratio(new, held_out, bank) - 1) < 0.1
