"""A classifier of frames, to tell which factors a generated frame shows.

It is trained on real frames of the training split alone.
"""

import keras
import numpy as np

from keras_drnet.data.images import to_uint8

NUM_FILTERS = 16
MIN_SIDE = 8  # Feature maps are halved until they are this small, pixels.
BATCH_SIZE = 64
LEARNING_RATE = 2e-3


class FrameClassifier:
    """A small convolutional network that classifies several factors of a frame.

    Attributes:
        classes: dict, name of a factor to its number of classes.
    """

    def __init__(self, classes, *, seed=0):
        """Hold what to classify.

        Args:
            classes: dict, name of a factor to its number of classes.
            seed: seed of the weights and of the training.
        """
        self.classes = dict(classes)
        self._seed = seed
        self._network = None

    def fit(self, images, labels, *, epochs):
        """Build the network and train it on real frames.

        Args:
            images: uint8 `[N, H, W, C]`.
            labels: dict, name of a factor to int `[N]`.
            epochs: number of passes over the frames.
        """
        keras.utils.set_random_seed(self._seed)
        self._network = _build_network(images.shape[1:], self.classes.values())
        steps = epochs * -(-len(images) // BATCH_SIZE)
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._network.compile(
            keras.optimizers.Adam(rate), loss=[loss] * len(self.classes)
        )
        self._network.fit(
            images,
            [labels[name] for name in self.classes],
            batch_size=BATCH_SIZE,
            epochs=epochs,
            verbose=0,
        )

    def classify(self, images):
        """Classify frames.

        Args:
            images: `[N, H, W, C]`, uint8 or float in [0, 1].

        Returns:
            A dict, name of a factor to int `[N]`.
        """
        logits = self._network.predict(to_uint8(images), batch_size=256, verbose=0)
        if len(self.classes) == 1:
            logits = [logits]
        return {
            name: np.argmax(values, axis=-1)
            for name, values in zip(self.classes, logits, strict=True)
        }


def masked_mean(values, mask):
    """Return the mean of the values where `mask` is true, or `None` if it never is."""
    return float(np.mean(values[mask])) if np.any(mask) else None


def _build_network(image_shape, class_counts):
    image = keras.Input(image_shape)
    x, filters = keras.layers.Rescaling(1 / 255)(image), NUM_FILTERS
    while True:
        x = keras.layers.Conv2D(filters, 3, 2, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
        if min(x.shape[1:3]) <= MIN_SIDE:
            break
        filters *= 2
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(128, activation="relu")(x)
    return keras.Model(image, [keras.layers.Dense(count)(x) for count in class_counts])
