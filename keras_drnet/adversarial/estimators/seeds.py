"""Seeds of an estimator's networks, noise and order of rows."""

import contextlib
import numbers
import random

import keras
import numpy as np
from sklearn.utils import check_random_state


@contextlib.contextmanager
def seeded(random_state):
    """Seed everything random in a block.

    Python's and NumPy's global generators are afterwards as before. Keras' and
    TensorFlow's, which have no state to restore, go on from the seed.

    Args:
        random_state: the seed itself; or a NumPy `RandomState` that the seed is drawn
            from, by `None` the global one.

    Yields:
        The seed, an int: `keras.utils.set_random_seed` was called with it.
    """
    if isinstance(random_state, numbers.Integral):
        seed = int(random_state)
    else:
        seed = int(check_random_state(random_state).randint(2**31 - 1))
    python, numpy = random.getstate(), np.random.get_state()
    try:
        keras.utils.set_random_seed(seed)
        yield seed
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
