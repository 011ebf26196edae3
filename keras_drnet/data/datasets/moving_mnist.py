"""Colored Moving MNIST: digits that bounce in a square, one per color channel.

As in the authors' code: digits of half the frame's side start anywhere, move by a
whole number of pixels per frame and bounce off the walls; the digit in front hides
the others. Clips are generated, not stored: each is a pure function of `(seed,
split, index)`, so any frame of any clip can be drawn alone, and a data pipeline that
starts at clip k continues one that stopped there.
"""

import functools

import numpy as np
import tensorflow as tf

from keras_drnet.data.clip_source import ClipSource
from keras_drnet.data.clips import SPLITS
from keras_drnet.data.datasets import digits as digits_lib
from keras_drnet.data.factors import Factor
from keras_drnet.data.stateless_random import clip_uniforms
from keras_drnet.errors import InputError

# Velocities of the authors' code: -4 to 3 pixels per frame in a 64-pixel frame.
MIN_VELOCITY = -4
MAX_VELOCITY = 4


class MovingMNIST(ClipSource):
    """Generator of Moving MNIST clips.

    Attributes:
        clip_length: frames of a clip, T.
    """

    def __init__(
        self,
        split,
        *,
        image_size=64,
        num_channels=3,
        num_digits=2,
        clip_length=20,
        integer_velocity=True,
        digit_source="embedded",
        data_dir="",
        seed=0,
    ):
        """Load the digits of a split.

        Args:
            split: `"train"` or `"test"`; the two share no digit.
            image_size: side of the frame in pixels; digits have half of it.
            num_channels: 3 draws digit n in channel n, 1 draws all in one channel.
            num_digits: digits in a clip, at most 3 if `num_channels` is 3.
            clip_length: frames of a clip.
            integer_velocity: whether positions are whole pixels, as in the authors'
                code; otherwise digits move by fractions, with bilinear interpolation.
            digit_source: see `digits.load_digits`.
            data_dir: see `digits.load_digits`.
            seed: two sources of one seed and split draw the same clips.

        Raises:
            InputError: there are more digits than channels, or the files of digits
                are missing or damaged.
        """
        if num_channels == 3 and num_digits > 3:
            raise InputError(
                f"num_digits is {num_digits}, but each digit has a color channel of "
                "its own; expected at most 3."
            )
        self.image_size = image_size
        self.num_channels = num_channels
        self.num_digits = num_digits
        self.clip_length = clip_length
        self.integer_velocity = integer_velocity
        self.seed = tf.constant([seed, SPLITS.index(split)], tf.int64)
        self._digits = _load_resized(split, digit_source, data_dir, image_size // 2)
        self._load_labels = functools.partial(
            digits_lib.load_digit_labels, split, source=digit_source, data_dir=data_dir
        )

    def frames(self, indices, times):
        """Draw chosen frames of chosen clips; see `ClipSource.frames`."""
        numbers = self._numbers(indices)
        return self._draw(numbers, numbers, times)

    def swapped_frames(self, content_indices, pose_indices, times):
        """Draw the digits of some clips at the positions of those of others.

        The ground truth for a model that swaps content.

        Args:
            content_indices: int64 `[B]`, indices of the clips that give the digits.
            pose_indices: int64 `[B]`, indices of the clips that give the positions.
            times: int32 `[B, K]`, frame numbers, each in [0, T).

        Returns:
            float32 `[B, K, H, W, C]` in [0, 1].
        """
        return self._draw(
            self._numbers(content_indices), self._numbers(pose_indices), times
        )

    def positions(self, indices):
        """Return the digits' upper left corners, float32 `[B, T, N, 2]`, as (y, x)."""
        return self._positions(self._numbers(indices))

    def digit_ids(self, indices):
        """Return the indices of each clip's digits in the split, int32 `[B, N]`."""
        return self._digit_ids(self._numbers(indices))

    def factors(self, indices, times):
        """Return the classes and positions of the digits.

        Args:
            indices: int64 `[B]`, indices of clips.
            times: int32 `[B, K]`, frame numbers.

        Returns:
            A dict of `Factor`s: `digit_1`, ..., the class of the digit in each
            channel, and `y_1`, `x_1`, ..., its upper left corner in pixels. Empty if
            digits share a channel, because their order cannot be seen.

        Raises:
            InputError: the labels of the digits are missing or damaged.
        """
        if not can_name_digits(self):
            return {}
        classes = self._labels[self.digit_ids(indices).numpy()]
        corners = tf.gather(self.positions(indices), times, batch_dims=1).numpy()
        names = tuple(map(str, range(digits_lib.NUM_CLASSES)))
        factors = {}
        for n in range(self.num_digits):
            factors[f"digit_{n + 1}"] = Factor(classes[:, n], "static", names)
            factors[f"y_{n + 1}"] = Factor(corners[:, :, n, 0], "dynamic")
            factors[f"x_{n + 1}"] = Factor(corners[:, :, n, 1], "dynamic")
        return factors

    def halves(self, indices):
        """Divide clips into two halves that share no image of a digit.

        Args:
            indices: int64 `[B]`, indices of clips.

        Returns:
            int array `[B]`: 0, 1, or -1 for a clip with digits of both halves.
        """
        parity = self.digit_ids(indices).numpy() % 2
        agree = np.all(parity == parity[:, :1], axis=1)
        return np.where(agree, parity[:, 0], -1)

    @functools.cached_property
    def _labels(self):
        # Loaded when first needed: training does without.
        return self._load_labels()

    def _numbers(self, indices):
        """Draw six random numbers for each digit of each clip.

        Returns:
            float32 `[B, N, 6]` in [0, 1): the digit's index, its start (y, x), its
            velocity (y, x) and its depth.
        """
        return clip_uniforms(self.seed, indices, (self.num_digits, 6))

    def _digit_ids(self, numbers):
        return tf.cast(numbers[..., 0] * len(self._digits), tf.int32)

    def _draw(self, content_numbers, pose_numbers, times):
        order = tf.argsort(pose_numbers[..., -1], axis=1)  # [B, N], back to front
        digits = tf.gather(self._digits, self._digit_ids(content_numbers))
        digits = tf.cast(digits, tf.float32) / 255.0
        positions = tf.gather(self._positions(pose_numbers), times, batch_dims=1)
        return self._composite(self._draw_layers(digits, positions), order)

    def _positions(self, numbers):
        room = self.image_size - self.image_size // 2
        velocity_scale = self.image_size / 64
        start = numbers[..., 1:3] * room
        velocity = MIN_VELOCITY + numbers[..., 3:5] * (MAX_VELOCITY - MIN_VELOCITY)
        velocity *= velocity_scale
        last = float(room)
        if self.integer_velocity:
            start, velocity = tf.floor(start), tf.floor(velocity)
            last = room - 1.0

        def move(state, _):
            position, velocity = state
            position += velocity
            low, high = position < 0, position > last
            bounced = tf.where(low, 0.0, tf.where(high, last, position))
            return bounced, tf.where(low | high, -velocity, velocity)

        rest = tf.scan(move, tf.range(self.clip_length - 1), (start, velocity))[0]
        positions = tf.concat([start[None], rest], axis=0)  # [T, B, N, 2]
        return tf.transpose(positions, (1, 0, 2, 3))

    def _draw_layers(self, images, positions):
        """Draw each digit alone on an empty frame, `[B, K, N, H, W]`.

        A bilinear shift is a product with a banded matrix on either side; at whole
        positions each band is a single 1.
        """
        pixels = tf.range(self.image_size, dtype=tf.float32)
        digit_pixels = tf.range(self.image_size // 2, dtype=tf.float32)
        offsets = positions[..., None, None]  # [B, K, N, 2, 1, 1]
        distance = tf.abs(pixels[:, None] - digit_pixels - offsets)
        weights = tf.nn.relu(1.0 - distance)  # [B, K, N, 2, H, H/2]
        rows, columns = weights[..., 0, :, :], weights[..., 1, :, :]
        return tf.matmul(tf.matmul(rows, images[:, None]), columns, transpose_b=True)

    def _composite(self, layers, order):
        """Join the digits' layers to one frame; a digit in front hides the others."""
        ranks = tf.argsort(order, axis=1)  # [B, N], higher is nearer
        is_foreground = tf.cast(layers > 0, tf.int32)
        rank = ranks[:, None, :, None, None]
        top = tf.reduce_max(is_foreground * (rank + 1), axis=2, keepdims=True)
        layers = tf.where(tf.equal(top, rank + 1), layers, 0.0)
        if self.num_channels == 1:
            return tf.reduce_sum(layers, axis=2)[..., None]
        padding = self.num_channels - self.num_digits
        layers = tf.pad(layers, ((0, 0), (0, 0), (0, padding), (0, 0), (0, 0)))
        return tf.transpose(layers, (0, 1, 3, 4, 2))


def can_name_digits(data):
    """Return whether each digit has a channel of its own, which identifies it.

    Args:
        data: a `DataConfig`, or a `MovingMNIST`.
    """
    return data.num_channels == 3 or data.num_digits == 1


@functools.lru_cache(maxsize=4)  # The sources of all stages share the digits.
def _load_resized(split, source, data_dir, size):
    """Return the digits of a split, a uint8 tensor `[N, size, size]`."""
    digits = digits_lib.load_digits(split, source=source, data_dir=data_dir)
    resized = tf.image.resize(digits[..., None], (size, size), antialias=True)
    return tf.constant(np.round(resized[..., 0]).astype(np.uint8))
