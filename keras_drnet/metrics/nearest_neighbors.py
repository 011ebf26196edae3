"""Nearest neighbors in the training frames: are generated frames copies of them?"""

import numpy as np

BLOCK = 512  # Rows compared at a time: two blocks are all that is held in float64.


def nearest(items, bank, k=1):
    """Find the nearest neighbors of frames, or codes, by Euclidean distance.

    Args:
        items: `[N, ...]`, frames or codes; uint8 counts as 0 to 1.
        bank: `[M, ...]`, what to search, of the same shape and kind.
        k: neighbors to find, 1 to M.

    Returns:
        `(distances, indices)`, each `[N, k]`, the nearest first: the distances, and
        which of the bank they are to.
    """
    distances = np.empty((len(items), k))
    indices = np.empty((len(items), k), int)
    for start in range(0, len(items), BLOCK):
        rows = slice(start, start + BLOCK)
        distances[rows], indices[rows] = _nearest_in_blocks(_flat(items[rows]), bank, k)
    return distances, indices


def memorisation_ratio(generated, held_out, bank):
    """Compare how near generated and real new frames are to the training frames.

    Args:
        generated: `[N, ...]`, frames or codes that a model made.
        held_out: `[N', ...]`, real ones that it has never seen.
        bank: `[M, ...]`, real ones that it was trained on.

    Returns:
        The mean distance of the generated to their nearest neighbors over that of
        the held-out. About 1: they are as new as new frames are. Near 0: they are
        copies. Blur too makes frames nearer to all others, so look at them as well.
    """
    made, real = (nearest(items, bank)[0].mean() for items in (generated, held_out))
    return float(made / real)


def _nearest_in_blocks(items, bank, k):
    found_distances = np.full((len(items), 0), np.inf)
    found = np.zeros((len(items), 0), int)
    for start in range(0, len(bank), BLOCK):
        block = _flat(bank[start : start + BLOCK])
        distances = np.concatenate(
            [found_distances, _squared_distances(items, block)], axis=1
        )
        numbers = np.broadcast_to(
            np.arange(start, start + len(block)), (len(items), len(block))
        )
        numbers = np.concatenate([found, numbers], axis=1)
        best = np.argsort(distances, axis=1, kind="stable")[:, :k]
        found_distances = np.take_along_axis(distances, best, axis=1)
        found = np.take_along_axis(numbers, best, axis=1)
    return np.sqrt(found_distances), found


def _squared_distances(a, b):
    """Return `[N, M]`; exactly 0 for equal rows."""
    products = a @ b.T
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * products
    # What cancels to nothing but rounding is taken from the differences themselves.
    close = np.argwhere(squares < 1e-6 * (a**2).sum(axis=1)[:, None])
    for i, j in close:
        squares[i, j] = np.sum((a[i] - b[j]) ** 2)
    return np.maximum(squares, 0)


def _flat(items):
    flat = np.reshape(items, (len(items), -1)).astype(np.float64)
    return flat / 255 if items.dtype == np.uint8 else flat
