"""People for the experiments on fairness: UCI Adult, or generated ones."""

import numpy as np

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.data.datasets.adult import Census, generated_census, load_adult

BATCH_SIZE = 256


def load(settings, **kwargs):
    """Return a `Census` to train on, one to test on, and a sentence about them.

    Args:
        settings: `Settings`; tiny ones give fewer people.
        **kwargs: arguments of `load_adult`.
    """
    folder = settings.folder("adult")
    if folder:
        (train, test), name = load_adult(folder, **kwargs), "UCI Adult"
    else:
        train, test = (generated_census(n, seed=n) for n in (16_000, 8_000))
        name = "Made-up people, biased like UCI Adult's"
    if settings.tiny:
        train, test = take(train, slice(4_000)), take(test, slice(2_000))
    counts = f"{len(train.target):,} to train and {len(test.target):,} to test"
    return train, test, f"{name}, {counts}."


def take(census, rows):
    """Return the people of these rows."""
    return Census(*(column[rows] for column in census))


def balanced(census, rng):
    """Return equally many people of each group, in random order."""
    rows = [np.flatnonzero(census.group == group) for group in (0, 1)]
    count = min(map(len, rows))
    rows = np.concatenate([rng.permutation(r)[:count] for r in rows])
    return take(census, rng.permutation(rows))


def batches(census, seed, batch_size=BATCH_SIZE):
    """Return endless batches of people, shuffled."""
    columns = {
        "input": census.features,
        "target": census.target,
        "group": census.group,
    }
    return shuffled(columns, batch_size, seed)
