"""Nearest neighbors in the training frames: are generated frames copies of them?"""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from keras_drnet.checks.arrays import check_array, check_images
from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_same_shape
from keras_drnet.errors import InputError


def nearest(items, bank, k=1):
    """Find the nearest neighbors of frames, or codes, by Euclidean distance.

    Args:
        items: `[N, ...]`, frames in [0, 1] or as bytes (uint8), or codes.
        bank: `[M, ...]`, frames or codes to search, of the same shape.
        k: neighbors to find, 1 to M.

    Returns:
        `(distances, indices)`, each `[N, k]`, the nearest first: the distances, of
        frames in [0, 1], and the neighbors' indices in the bank. Equal items have
        distance 0; neighbors at the same distance are sorted by index.

    Raises:
        InputError: shapes differ, there are no items or fewer than k in the bank, a
            value is not finite, or bytes are compared with what is not in [0, 1].
    """
    items, bank = check_array(items, "items"), check_array(bank, "bank")
    check_same_shape(items=items, bank=bank, skip_batch=True)
    check_count(k, "k")
    if k > len(bank):
        raise InputError(f"k is {k}; expected at most {len(bank)}, as many are there.")
    _check_units(items=items, bank=bank)
    bank_rows = _search_rows(bank)
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(bank_rows)
    rows = _search_rows(items).astype(bank_rows.dtype)
    indices = search.kneighbors(rows, return_distance=False)
    # The search computes distances from dot products, with rounding errors.
    distances = np.stack(
        [
            np.linalg.norm(_rows(items[n : n + 1]) - _rows(bank[found]), axis=1)
            for n, found in enumerate(indices)
        ]
    )
    order = np.lexsort((indices, distances))
    return tuple(np.take_along_axis(a, order, axis=1) for a in (distances, indices))


def memorization_ratio(generated, held_out, bank):
    """Compare the distances of generated and of real new frames to the training frames.

    Args:
        generated: `[N, ...]`, generated frames, or codes.
        held_out: `[N', ...]`, real ones that the model has not been trained on.
        bank: `[M, ...]`, real ones that it has been trained on.

    Returns:
        The mean distance of the generated ones to their nearest neighbors over that
        of the held-out ones: about 1 if they are as new as real new frames, near 0 if
        they are copies. Blur lowers it too, so look at the frames as well. It is not
        finite if all held-out ones are in the bank.

    Raises:
        InputError: as `nearest`.
    """
    made, real = (nearest(items, bank)[0].mean() for items in (generated, held_out))
    return float(made / real)


def _check_units(**arrays):
    floats = {n: array for n, array in arrays.items() if array.dtype != np.uint8}
    if len(floats) < len(arrays):
        for name, array in floats.items():
            check_images(array[np.newaxis, np.newaxis], name)


def _rows(items):
    """Return items as float64 rows `[N, D]`, bytes as 0 to 1."""
    rows = np.reshape(items, (len(items), -1)).astype(np.float64)
    return rows / 255 if items.dtype == np.uint8 else rows


def _search_rows(items):
    """Return items as rows `[N, D]` in units of a byte, which float32 holds exactly."""
    rows = np.reshape(items, (len(items), -1))
    return rows.astype(np.float32) if rows.dtype == np.uint8 else _rows(items) * 255
