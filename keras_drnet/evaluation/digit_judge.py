"""A judge of Moving MNIST: where each digit is in a frame, and which it is.

A digit is looked for in its own color channel. Its place is the center of mass of
the ink there; what it is, a network says that sees the square of half the frame's
side around that place, shrunk to 16x16. Real and generated frames go the same way.
"""

import itertools

import numpy as np
import tensorflow as tf

from keras_drnet.data.images import to_uint8
from keras_drnet.evaluation.judge import Judge, share

LEAST_INK = 0.1  # Fainter pixels are paper: decoders leave haze.
NEAR = 3 / 64  # Of the frame's side: 3 pixels of 64.
STEPS = (1, 5, 10, 20, 50, 100, 200, 300, 400, 500)
SEEN_SIDE = 16  # Of what the network sees, pixels: all that 28x28 digits need.
NUM_TRAIN_CLIPS = 8192
NUM_CLIPS = 256  # Predicted; of so many, a share of 80 % is known to about 4 points.
EPOCHS = 6


class DigitJudge:
    """Finds and recognizes the digits of frames.

    Attributes:
        num_digits: digits of a frame, N; digit n is in channel n.
        image_size: side of the frames, pixels.
    """

    def __init__(self, image_size, num_digits, *, seed=0):
        """Make the network, with new weights; `seed` as of `Judge`."""
        self.num_digits = num_digits
        self.image_size = image_size
        self._judge = Judge((SEEN_SIDE, SEEN_SIDE, 1), {"digit": 10}, seed=seed)

    def train(self, source, *, num_clips=NUM_TRAIN_CLIPS):
        """Learn from real frames, one of each clip, the hidden parts hidden.

        Args:
            source: a `MovingMNIST` of the training split.
            num_clips: clips to learn from.
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
        self._judge.fit(
            to_uint8(np.concatenate(windows)),
            {"digit": np.concatenate(labels)},
            epochs=EPOCHS,
        )

    def read(self, frames):
        """Find and recognizes digits.

        Args:
            frames: `[B, H, W, C]` in [0, 1].

        Returns:
            `(classes, centers)`: int `[B, N]`, 0 to 9, and `[B, N, 2]`, (y, x) in
            pixels; -1 and not-a-number where there is no ink.
        """
        centers, found = self._locate(frames)
        windows = self._windows(frames, centers)
        classes = np.full(found.shape, -1)
        if found.any():
            classes[found] = self._judge.judge(windows[found])["digit"]
        return classes, centers

    def is_near(self, centers, true_centers):
        """Return where digits are within 3 pixels (of 64) of where they ought to be.

        Args:
            centers: `[..., 2]`, pixels; not-a-number is near nothing.
            true_centers: `[..., 2]`, pixels.
        """
        distances = np.linalg.norm(centers - true_centers, axis=-1)
        return distances <= NEAR * self.image_size

    def _locate(self, frames):
        channels = np.moveaxis(np.asarray(frames), -1, 1)[:, : self.num_digits]
        return locate(channels)

    def _windows(self, frames, centers):
        channels = np.moveaxis(np.asarray(frames), -1, 1)[:, : self.num_digits]
        windows = cut_windows(channels, centers, self.image_size // 2)
        factor = self.image_size // 2 // SEEN_SIDE
        blocks = (*windows.shape[:-2], SEEN_SIDE, factor, SEEN_SIDE, factor)
        return windows.reshape(blocks).mean(axis=(-3, -1))[..., None]


def locate(images):
    """Find the center of mass of the ink of pictures.

    Args:
        images: `[..., H, W]` in [0, 1].

    Returns:
        `(centers, found)`: float64 `[..., 2]`, (y, x) in pixels, not-a-number where
        there is no ink, and bool `[...]`, where there is.
    """
    ink = np.where(images > LEAST_INK, images, 0).astype(np.float64)
    mass = ink.sum(axis=(-2, -1))
    height, width = ink.shape[-2:]
    moments = np.stack(
        [ink.sum(axis=-1) @ np.arange(height), ink.sum(axis=-2) @ np.arange(width)],
        axis=-1,
    )
    found = mass > 0
    mass = np.where(found, mass, np.nan)
    return moments / mass[..., None], found


def cut_windows(images, centers, size):
    """Cut a square around a place of each picture; beyond the edges there is paper.

    Args:
        images: `[..., H, W]`.
        centers: `[..., 2]`, (y, x) in pixels; not-a-number is the upper left corner.
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


def digit_scores(
    judge, predictor, source, *, num_past, steps=STEPS, num_clips=NUM_CLIPS
):
    """Say for how long digits stay what and where they are in predicted video.

    The true place of a digit is where the judge finds it on the real frame: what
    hides a part of it moves both centers of mass alike, so a perfect prediction is
    off by nothing. Digits of which no ink is left are neither recognized nor near;
    those that are wholly hidden on the real frame have no place to be near to.

    Args:
        judge: a trained `DigitJudge`.
        predictor: a `Predictor`.
        source: a `MovingMNIST` of the test split whose clips have `num_past` frames
            and as many as the last step.
        num_past: observed frames.
        steps: steps into the future, from 1, rising.
        num_clips: clips to predict.

    Returns:
        A dict of `num_clips`, `steps`, and for each of them `real`, the share of
        digits that the judge recognizes on the real frame, `generated_given_real`,
        the share of those that it recognizes on the predicted frame too, and
        `within_3_pixels`, the share of all digits that are at most 3 pixels (of 64)
        off. Of digits anywhere, about 3 in 100 are.
    """
    indices = np.arange(num_clips)
    future = np.array(steps) + num_past - 1
    past = source.frames(indices, _repeat(np.arange(num_past), num_clips))
    real = source.frames(indices, _repeat(future, num_clips)).numpy()
    factors = source.factors(indices, _repeat(future, num_clips))
    labels = np.stack(
        [factors[f"digit_{n + 1}"].values for n in range(judge.num_digits)], axis=1
    )
    scores = {"num_clips": num_clips, "steps": list(steps), "real": []}
    scores |= {"generated_given_real": [], "within_3_pixels": []}
    stream = enumerate(itertools.islice(predictor.stream(past), max(steps)), 1)
    for step, generated in stream:
        if step not in steps:
            continue
        true_classes, true_centers = judge.read(real[:, steps.index(step)])
        classes, centers = judge.read(generated)
        recognized = true_classes == labels
        scores["real"].append(float(recognized.mean()))
        scores["generated_given_real"].append(share(classes == labels, recognized))
        near = judge.is_near(centers, true_centers)
        scores["within_3_pixels"].append(share(near, true_classes >= 0))
    return scores


def _repeat(times, count):
    return tf.constant(np.repeat(times[None], count, axis=0), tf.int32)
