"""Judges: networks that say what a generated frame shows.

A judge has learnt from real frames of the training split what a digit, a garment or
a direction looks like.
"""

import keras
import numpy as np

from keras_drnet.data.images import to_uint8

NUM_FILTERS = 16
LEAST_SIDE = 8  # Maps are halved down to this side, pixels.
BATCH_SIZE = 64
LEARNING_RATE = 2e-3


class Judge:
    """A small network with an answer to each of some questions about a picture.

    Attributes:
        classes: dict, name of a factor to its number of classes.
    """

    def __init__(self, image_shape, classes, *, seed=0):
        """Make the network, with new weights.

        Args:
            image_shape: `(H, W, C)` of the pictures.
            classes: dict, name of a factor to its number of classes.
            seed: seed of all that is random in Keras: the weights and, unless it is
                set anew in between, the training.
        """
        keras.utils.set_random_seed(seed)
        self.classes = dict(classes)
        image = keras.Input(image_shape)
        x, filters = keras.layers.Rescaling(1 / 255)(image), NUM_FILTERS
        while True:
            x = keras.layers.Conv2D(filters, 3, 2, padding="same", use_bias=False)(x)
            x = keras.layers.BatchNormalization(momentum=0.9)(x)
            x = keras.layers.ReLU()(x)
            if min(x.shape[1:3]) <= LEAST_SIDE:
                break
            filters *= 2
        x = keras.layers.Flatten()(x)
        x = keras.layers.Dropout(0.3)(x)
        x = keras.layers.Dense(128, activation="relu")(x)
        logits = [keras.layers.Dense(count)(x) for count in self.classes.values()]
        self._network = keras.Model(image, logits)

    def fit(self, pictures, labels, *, epochs):
        """Learn from real pictures.

        Args:
            pictures: uint8 `[N, H, W, C]`.
            labels: dict, name of a factor to int `[N]`.
            epochs: how often each picture is seen.
        """
        steps = epochs * -(-len(pictures) // BATCH_SIZE)
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._network.compile(
            keras.optimizers.Adam(rate), loss=[loss] * len(self.classes)
        )
        self._network.fit(
            pictures,
            [labels[name] for name in self.classes],
            batch_size=BATCH_SIZE,
            epochs=epochs,
            verbose=0,
        )

    def judge(self, pictures):
        """Say what pictures show.

        Args:
            pictures: `[N, H, W, C]`, uint8 or in [0, 1].

        Returns:
            A dict, name of a factor to int `[N]`.
        """
        logits = self._network.predict(to_uint8(pictures), batch_size=256, verbose=0)
        if len(self.classes) == 1:
            logits = [logits]
        return {
            name: np.argmax(values, axis=-1)
            for name, values in zip(self.classes, logits, strict=True)
        }


def share(hits, among):
    """Return the share of hits among those that count, or `None` if none does."""
    return float(np.mean(hits[among])) if np.any(among) else None
