"""Gaussians of independent elements, parametrized by an encoder's outputs.

Parameters are `[B, 2 D]`, means and then log-variances.
"""

import keras
from keras import ops

from keras_drnet.errors import InputError


def split(parameters):
    """Return the means and the log-variances, `[B, D]` each.

    Args:
        parameters: `[B, 2 D]`.

    Raises:
        InputError: their number is odd.
    """
    if (parameters.shape[-1] or 0) % 2:
        raise InputError(
            f"A Gaussian got {parameters.shape[-1]} parameters; expected an even "
            "number, as many log-variances as means. Give the encoder twice as many "
            "outputs as a code has elements."
        )
    return ops.split(parameters, 2, axis=-1)


def draw(parameters, seed=None):
    """Draw codes `[B, D]`, with gradients for the parameters.

    Args:
        parameters: `[B, 2 D]`.
        seed: of the draw; `None` is Keras' global generator.

    Raises:
        InputError: as `split`.

    Source: Kingma & Welling, *Auto-Encoding Variational Bayes*, ICLR 2014, section 2.4.
    """
    mean, log_variance = split(parameters)
    noise = keras.random.normal(ops.shape(mean), dtype=mean.dtype, seed=seed)
    return mean + ops.exp(0.5 * log_variance) * noise


def divergence_from_normal(parameters):
    """Return the divergence from N(0, I), `[B]`, in nats, float32.

    Args:
        parameters: `[B, 2 D]`.

    Raises:
        InputError: as `split`.

    Source: Kingma & Welling, *Auto-Encoding Variational Bayes*, ICLR 2014, appendix B.
    """
    mean, log_variance = split(ops.cast(parameters, "float32"))
    terms = ops.square(mean) + ops.exp(log_variance) - log_variance - 1.0
    return 0.5 * ops.sum(terms, axis=-1)
