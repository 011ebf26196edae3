"""Metrics of binary codes: independence, and recovery of hidden bits."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from keras_drnet.checks.arrays import check_labels
from keras_drnet.checks.shapes import check_same_shape


def pairwise_mutual_information(bits):
    """Estimate the mutual information of all pairs of elements of a binary code.

    From the frequencies in the examples: for N examples of independent elements it is
    about `1 / (2 N)`, not 0.

    Args:
        bits: bool or 0 and 1, `[N, K]`.

    Returns:
        `[K, K]`, in nats; on the diagonal, the entropy of an element.

    Raises:
        InputError: they have another shape, or a value is neither 0 nor 1.
    """
    bits = np.float64(check_labels(bits, "bits", ("N", "K"), num_classes=2))
    both = np.stack([1.0 - bits, bits])  # By value, example and element.
    joint = np.einsum("ani,bnj->abij", both, both) / len(bits)
    marginal = both.mean(axis=1)
    product = marginal[:, None, :, None] * marginal[None, :, None, :]
    # Pairs of values that do not occur add 0.
    ratio = np.where(joint > 0, joint, 1.0) / np.where(joint > 0, product, 1.0)
    return np.sum(joint * np.log(ratio), axis=(0, 1))


def recovered_bits(codes, bits):
    """Return the accuracy of a binary code as a code of hidden bits.

    The assignment of elements to bits, and of values to 0 and 1, is the one of highest
    accuracy, as a code that is learned without labels determines neither.

    Args:
        codes: bool or 0 and 1, `[N, K]`.
        bits: bool or 0 and 1, `[N, K]`.

    Returns:
        A float from 1/2, chance, to 1.

    Raises:
        InputError: shapes differ, or a value is neither 0 nor 1.
    """
    codes = check_labels(codes, "codes", ("N", "K"), num_classes=2)
    bits = check_labels(bits, "bits", ("N", "K"), num_classes=2)
    check_same_shape(codes=codes, bits=bits)
    signs, true_signs = (2.0 * np.float64(b) - 1.0 for b in (codes, bits))
    agreement = np.abs(signs.T @ true_signs) / len(signs)
    chosen = linear_sum_assignment(agreement, maximize=True)
    return float(0.5 + 0.5 * agreement[chosen].mean())
