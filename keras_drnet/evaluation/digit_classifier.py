"""Detection of Moving MNIST's digits: where each is in a frame, and which it is.

Each digit has a color channel of its own. Its position is the center of mass of the
foreground there; its class is predicted from the square of half the frame's side
around that position, scaled to 16x16. Real and generated frames are treated alike.
"""

import numpy as np

from keras_drnet.data.images import to_uint8
from keras_drnet.data.load import load_source
from keras_drnet.evaluation.frame_classifier import FrameClassifier

FOREGROUND = 0.1  # Fainter pixels are background: decoders leave a haze.
MAX_DISTANCE = 3 / 64  # Of the frame's side: 3 pixels of 64.
WINDOW_SIZE = 16  # Side of the classifier's input, pixels; enough for 28x28 digits.
NUM_TRAIN_CLIPS = 8192
EPOCHS = 6


class DigitClassifier:
    """Locates and classifies the digits of frames.

    Attributes:
        num_digits: digits of a frame, N; digit n is in channel n.
        image_size: side of the frames, pixels.
    """

    def __init__(self, image_size, num_digits, *, seed=0):
        """Hold the size of the frames; `seed` as of `FrameClassifier`."""
        self.num_digits = num_digits
        self.image_size = image_size
        self._classifier = FrameClassifier({"digit": 10}, seed=seed)

    def fit(self, source, *, num_clips=NUM_TRAIN_CLIPS):
        """Train on the first frame of each clip, digits occluded as they are.

        Args:
            source: a `MovingMNIST` of the training split.
            num_clips: number of clips to train on.
        """
        windows, labels = [], []
        for indices in np.array_split(np.arange(num_clips), -(-num_clips // 256)):
            times = np.zeros((len(indices), 1), np.int32)
            frames = source.frames(indices, times).numpy()[:, 0]
            centers, found = self._locate(frames)
            factors = source.factors(indices, times)
            classes = [factors[f"digit_{n + 1}"] for n in range(self.num_digits)]
            labels.append(np.stack([c.values for c in classes], axis=1)[found])
            windows.append(self._windows(frames, centers)[found])
        self._classifier.fit(
            to_uint8(np.concatenate(windows)),
            {"digit": np.concatenate(labels)},
            epochs=EPOCHS,
        )

    def detect(self, frames):
        """Locate and classify digits.

        Args:
            frames: `[B, H, W, C]` in [0, 1].

        Returns:
            `(classes, centers)`: int `[B, N]`, 0 to 9, and `[B, N, 2]`, (y, x) in
            pixels; -1 and NaN where a channel has no foreground.
        """
        centers, found = self._locate(frames)
        windows = self._windows(frames, centers)
        classes = np.full(found.shape, -1)
        if found.any():
            classes[found] = self._classifier.classify(windows[found])["digit"]
        return classes, centers

    def is_near(self, centers, true_centers):
        """Return whether digits are within 3 pixels (of 64) of their true positions.

        Args:
            centers: `[..., 2]`, pixels; NaN is near nothing.
            true_centers: `[..., 2]`, pixels.

        Returns:
            bool `[...]`.
        """
        distances = np.linalg.norm(centers - true_centers, axis=-1)
        return distances <= MAX_DISTANCE * self.image_size

    def _locate(self, frames):
        return locate(self._digit_channels(frames))

    def _windows(self, frames, centers):
        size = self.image_size // 2
        windows = crop_windows(self._digit_channels(frames), centers, size)
        factor = size // WINDOW_SIZE
        blocks = (*windows.shape[:-2], WINDOW_SIZE, factor, WINDOW_SIZE, factor)
        return windows.reshape(blocks).mean(axis=(-3, -1))[..., None]

    def _digit_channels(self, frames):
        """Return frames as `[B, N, H, W]`."""
        return np.moveaxis(np.asarray(frames), -1, 1)[:, : self.num_digits]


def locate(images):
    """Find the center of mass of the foreground of images.

    Args:
        images: `[..., H, W]` in [0, 1].

    Returns:
        `(centers, found)`: float64 `[..., 2]`, (y, x) in pixels, NaN where there is
        no foreground, and bool `[...]`, whether there is.
    """
    foreground = np.where(images > FOREGROUND, images, 0).astype(np.float64)
    mass = foreground.sum(axis=(-2, -1))
    height, width = foreground.shape[-2:]
    moments = np.stack(
        [
            foreground.sum(axis=-1) @ np.arange(height),
            foreground.sum(axis=-2) @ np.arange(width),
        ],
        axis=-1,
    )
    found = mass > 0
    mass = np.where(found, mass, np.nan)
    return moments / mass[..., None], found


def crop_windows(images, centers, size):
    """Crop a square around a center of each image, padded with zeros.

    Args:
        images: `[..., H, W]`.
        centers: `[..., 2]`, (y, x) in pixels; NaN is the upper left corner.
        size: side of the square, pixels.

    Returns:
        `[..., size, size]`.
    """
    *leading, height, width = images.shape
    flat = np.pad(
        images.reshape(-1, height, width), ((0, 0), (size, size), (size, size))
    )
    corners = np.nan_to_num(centers.reshape(-1, 2)) - (size - 1) / 2
    corners = np.round(corners).astype(int) + size
    rows, columns = corners[:, :, None].swapaxes(0, 1) + np.arange(size)
    numbers = np.arange(len(flat))[:, None, None]
    windows = flat[numbers, rows[:, :, None], columns[:, None, :]]
    return windows.reshape(*leading, size, size)


def train_digit_classifier(config):
    """Train a classifier for the digits of a configuration.

    Args:
        config: a `Config` of digits that can be told apart: see `has_known_digits`.

    Returns:
        A `DigitClassifier`.

    Raises:
        InputError: the digits or their labels are missing or damaged.
    """
    data = config.data
    classifier = DigitClassifier(data.image_size, data.num_digits, seed=config.seed)
    classifier.fit(load_source(config, "train"))
    return classifier
