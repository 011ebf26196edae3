"""Likelihoods: `log p(x|z)` of an example given a decoder's outputs.

`log_prob(examples, outputs)` takes tensors `[B, ...]`, of which either may have one
example, broadcast to all of the other, and returns `[B]`, in nats.
"""

import math

import keras
from keras import ops

from keras_drnet.checks.arrays import check_positive
from keras_drnet.checks.shapes import check_floats, check_same_shape


class Likelihood:
    """Base of all likelihoods; their settings are saved with the model."""

    def log_prob(self, examples, outputs):
        """Return `log p(x|z)`, `[B]`.

        Raises:
            InputError: one example has another shape than the outputs for it, or
                examples are integers. Values are not checked.
        """
        raise NotImplementedError

    def get_config(self):
        """Return the arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config):
        """Make a likelihood from what `get_config` returned."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="keras_drnet")
class BernoulliLikelihood(Likelihood):
    """Independent binary elements; outputs are the logits of 1."""

    def log_prob(self, examples, outputs):
        """Return `[B]`; examples are in [0, 1]. Errors are those of `Likelihood`."""
        _check(examples, outputs)
        return _sum(examples * outputs - ops.softplus(outputs))


@keras.saving.register_keras_serializable(package="keras_drnet")
class GaussianLikelihood(Likelihood):
    """Independent normal elements of one standard deviation; outputs are the means."""

    def __init__(self, scale=1.0):
        """Set the standard deviation, above 0.

        Raises:
            InputError: it is not.
        """
        check_positive(scale, "The scale")
        self.scale = scale

    def log_prob(self, examples, outputs):
        """Return `[B]`. Errors are those of `Likelihood`."""
        _check(examples, outputs)
        square = ops.square((examples - outputs) / self.scale)
        return -_sum(0.5 * square + math.log(self.scale * math.sqrt(2.0 * math.pi)))

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"scale": self.scale}


def _check(examples, outputs):
    check_floats(examples, "examples")
    check_same_shape(examples=examples, outputs=outputs, skip_batch=True)


def _sum(elements):
    return ops.sum(elements, axis=tuple(range(1, len(elements.shape))))
