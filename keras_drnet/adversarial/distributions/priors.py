"""Priors: the distributions that codes should have, as functions that draw from them.

Each is called with a number of examples and returns draws `[N, D]`, float32. Those with
several parts take a second argument as well, `label`: `[N, K]`, one-hot, the part to
draw from. An additional column, `[N, K + 1]`, is for examples of unknown label: they
are drawn from all parts. See `contrasts.PriorSample`.
"""

import math

import keras
from keras import ops

from keras_drnet.checks.arrays import check_array, check_positive
from keras_drnet.checks.numbers import check_count, check_number
from keras_drnet.checks.shapes import check_shape
from keras_drnet.errors import InputError


class Prior:
    """Base of all priors; their settings are saved with the model."""

    def __call__(self, num_examples):
        """Return draws `[num_examples, D]`."""
        raise NotImplementedError

    def get_config(self):
        """Return the arguments of the constructor."""
        raise NotImplementedError

    @classmethod
    def from_config(cls, config):
        """Make a prior from what `get_config` returned."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="keras_drnet")
class Gaussian(Prior):
    """Normal distribution of mean 0 and independent elements."""

    def __init__(self, dim, scale=1.0):
        """Set the number of elements, and the standard deviation of each.

        Raises:
            InputError: there are none, or it is negative.
        """
        check_count(dim, "dim")
        check_number(scale, "scale", least=0)
        self.dim = dim
        self.scale = scale

    def __call__(self, num_examples):
        """Return draws `[num_examples, dim]`."""
        return self.scale * keras.random.normal((num_examples, self.dim))

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"dim": self.dim, "scale": self.scale}


@keras.saving.register_keras_serializable(package="keras_drnet")
class UniformCube(Prior):
    """Uniform distribution in (-1, 1) of independent elements."""

    def __init__(self, dim):
        """Set the number of elements.

        Raises:
            InputError: there are none.
        """
        check_count(dim, "dim")
        self.dim = dim

    def __call__(self, num_examples):
        """Return draws `[num_examples, dim]`."""
        return keras.random.uniform((num_examples, self.dim), -1.0, 1.0)

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"dim": self.dim}


@keras.saving.register_keras_serializable(package="keras_drnet")
class Categorical(Prior):
    """Uniform distribution over one-hot vectors."""

    def __init__(self, num_classes):
        """Set the number of classes.

        Raises:
            InputError: there are none.
        """
        check_count(num_classes, "num_classes")
        self.num_classes = num_classes

    def __call__(self, num_examples):
        """Return draws `[num_examples, num_classes]`."""
        return ops.one_hot(
            _uniform_parts(num_examples, self.num_classes), self.num_classes
        )

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"num_classes": self.num_classes}


@keras.saving.register_keras_serializable(package="keras_drnet")
class GaussianMixture(Prior):
    """Mixture of isotropic Gaussians of equal weight and scale, one for each label.

    Example: ten in a ring, one for each digit.

    ```python
    prior = GaussianMixture.ring(10)
    draws = prior(128)
    draws_of_digits = prior(128, label=one_hot_digits)
    ```
    """

    def __init__(self, means, scale):
        """Set the Gaussians.

        Args:
            means: `[K, D]`, their means, as nested lists or an array.
            scale: standard deviation of each element about the mean, at least 0.

        Raises:
            InputError: there are no means, they have another shape or are not finite,
                or the scale is negative.
        """
        check_array(means, "means", ("K", "D"))
        check_number(scale, "scale", least=0)
        self.means = [[float(x) for x in mean] for mean in means]
        self.scale = scale

    @classmethod
    def ring(cls, num_components, radius=4.0, scale=0.5):
        """Make Gaussians in the plane, evenly spaced on a circle about 0.

        Raises:
            InputError: there are none, or the scale is negative.
        """
        check_count(num_components, "num_components")
        angles = [2.0 * math.pi * k / num_components for k in range(num_components)]
        return cls(
            [(radius * math.cos(a), radius * math.sin(a)) for a in angles], scale
        )

    @classmethod
    def grid(cls, num_rows, spacing=2.0, scale=0.05):
        """Make `num_rows ** 2` Gaussians in the plane, on a square grid about 0.

        Raises:
            InputError: there are none, or the scale is negative.
        """
        check_count(num_rows, "num_rows")
        places = [spacing * (k - (num_rows - 1) / 2) for k in range(num_rows)]
        return cls([(x, y) for x in places for y in places], scale)

    def __call__(self, num_examples, label=None):
        """Return draws `[num_examples, D]`, of the Gaussians of `label`.

        Raises:
            InputError: the label has another shape.
        """
        means = ops.convert_to_tensor(self.means)
        parts = _parts(num_examples, label, len(self.means))
        noise = keras.random.normal((num_examples, means.shape[1]))
        return ops.take(means, parts, axis=0) + self.scale * noise

    def distances(self, codes):
        """Return the distances of codes `[N, D]` from each mean, `[N, K]`.

        The nearest mean belongs to the most likely Gaussian.

        Raises:
            InputError: codes have another shape.
        """
        check_shape(codes, "codes", ("N", len(self.means[0])))
        codes = ops.convert_to_tensor(codes, "float32")
        offsets = ops.expand_dims(codes, 1) - ops.convert_to_tensor(self.means)
        return ops.norm(offsets, axis=-1)

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"means": self.means, "scale": self.scale}


@keras.saving.register_keras_serializable(package="keras_drnet")
class SwissRoll(Prior):
    """Spiral in the plane; labels are its segments, from the center outwards.

    `t / limit * (cos t, sin t) * radius` with t uniform from a quarter of `limit` to
    `limit = 2 pi num_turns`, and noise about it.
    """

    def __init__(self, num_labels=10, *, num_turns=2, radius=4.0, scale=0.1):
        """Set the spiral.

        Args:
            num_labels: number of segments, equally likely.
            num_turns: number of turns, above 0.
            radius: distance of the outer end from 0, above 0.
            scale: standard deviation of the noise on each element, at least 0.

        Raises:
            InputError: a number is out of its range.
        """
        check_count(num_labels, "num_labels")
        check_positive(num_turns, "num_turns")
        check_positive(radius, "radius")
        check_number(scale, "scale", least=0)
        self.num_labels = num_labels
        self.num_turns = num_turns
        self.radius = radius
        self.scale = scale

    def __call__(self, num_examples, label=None):
        """Return draws `[num_examples, 2]`, of the segments of `label`.

        Raises:
            InputError: the label has another shape.
        """
        parts = ops.cast(_parts(num_examples, label, self.num_labels), "float32")
        share = (parts + keras.random.uniform((num_examples,))) / self.num_labels
        share = 0.25 + 0.75 * share
        angle = 2.0 * math.pi * self.num_turns * share
        spiral = ops.stack([ops.cos(angle), ops.sin(angle)], axis=-1)
        noise = keras.random.normal((num_examples, 2))
        return self.radius * share[:, None] * spiral + self.scale * noise

    def get_config(self):
        """Return the arguments of the constructor."""
        return {
            "num_labels": self.num_labels,
            "num_turns": self.num_turns,
            "radius": self.radius,
            "scale": self.scale,
        }


def _uniform_parts(num_examples, num_parts):
    return keras.random.randint((num_examples,), 0, num_parts)


def _parts(num_examples, label, num_parts):
    """Return the part that each example is drawn from, int `[N]`."""
    drawn = _uniform_parts(num_examples, num_parts)
    if label is None:
        return drawn
    num_labels = num_examples if isinstance(num_examples, int) else "N"
    check_shape(label, "label", (num_labels, "K"))
    if label.shape[-1] not in (num_parts, num_parts + 1):
        raise InputError(
            f"The label has {label.shape[-1]} columns and the prior {num_parts} parts; "
            "expected one column for each, and at most one more for unknown labels."
        )
    part = ops.cast(ops.argmax(label, axis=-1), "int32")
    return ops.where(part < num_parts, part, drawn)
