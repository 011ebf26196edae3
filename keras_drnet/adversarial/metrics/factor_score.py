"""FactorVAE's score: whether each factor of the data has its element of the code."""

import numpy as np

from keras_drnet.checks.arrays import MATRIX, check_array, check_labels
from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_same_length
from keras_drnet.errors import InputError

MIN_DEVIATION = 0.05  # An element that varies less has collapsed.


def factor_score(
    codes, factors, *, num_votes=800, num_test_votes=400, group_size=64, seed=0
):
    """Return the disentanglement of codes, from 1 / F, chance, to 1.

    In a group of examples that share the value of one factor, the element that encodes
    it varies least, in units of its variance among all examples. The group so votes for
    an element. Each element is assigned the factor whose groups voted for it most
    often, and the score is the accuracy of further votes. Elements whose standard
    deviation is below 0.05 have collapsed and get no votes.

    Source: Kim & Mnih, *Disentangling by Factorizing*, ICML 2018, section 4.
    Differences: groups are drawn from given examples, and every factor has the same
    number of them; if all elements have collapsed, all votes are for the same one.

    Args:
        codes: `[N, D]`, one for every example; each factor has several values.
        factors: int `[N, F]`, the factors of variation, known.
        num_votes: votes for each factor that assign elements to factors.
        num_test_votes: votes for each factor that test it.
        group_size: examples in a group, at least 2, drawn with replacement.
        seed: seed of the draws.

    Raises:
        InputError: shapes do not fit, a code is not finite, a factor is no whole
            number or has one value alone, or a number of draws is too small.
    """
    codes = check_array(codes, "codes", MATRIX)
    factors = check_labels(factors, "factors", ("N", "F"))
    check_same_length(codes=codes, factors=factors)
    check_count(num_votes, "num_votes")
    check_count(num_test_votes, "num_test_votes")
    check_count(group_size, "group_size", least=2)
    constant = np.flatnonzero(np.all(factors == factors[0], axis=0))
    if len(constant):
        raise InputError(
            f"Factor {constant[0]} has one value alone; expected several of each, as "
            "its groups would vote at random. Leave its column out."
        )
    deviation = codes.std(axis=0)
    is_active = deviation >= MIN_DEVIATION
    scaled = (codes / deviation)[:, is_active] if is_active.any() else codes[:, :1]
    rng = np.random.default_rng(seed)
    num_factors = factors.shape[1]
    counts = np.zeros((2, scaled.shape[1], num_factors), int)
    for factor in range(num_factors):
        values, value_of = np.unique(factors[:, factor], return_inverse=True)
        members = [np.flatnonzero(value_of == value) for value in range(len(values))]
        for split, number in enumerate((num_votes, num_test_votes)):
            for value in rng.integers(len(values), size=number):
                group = scaled[rng.choice(members[value], group_size)]
                counts[split, group.var(axis=0).argmin(), factor] += 1
    votes, test_votes = counts
    meaning = votes.argmax(axis=1)
    right = test_votes[np.arange(len(meaning)), meaning]
    return float(right.sum() / test_votes.sum())
