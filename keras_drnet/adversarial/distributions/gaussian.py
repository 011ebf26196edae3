"""Gaussians of independent elements, parametrized by an encoder's outputs.

Parameters are `[B, 2 D]`, means and then log-variances.
"""

import keras
from keras import ops


def draw(parameters, seed=None):
    """Draw codes `[B, D]`, with gradients for the parameters.

    Args:
        parameters: `[B, 2 D]`.
        seed: of the draw; `None` is Keras' global generator.

    Source: Kingma & Welling, *Auto-Encoding Variational Bayes*, ICLR 2014, section 2.4.
    """
    mean, log_variance = ops.split(parameters, 2, axis=-1)
    noise = keras.random.normal(ops.shape(mean), dtype=mean.dtype, seed=seed)
    return mean + ops.exp(0.5 * log_variance) * noise


def divergence_from_normal(parameters):
    """Return the divergence from N(0, I), `[B]`, in nats, float32.

    Args:
        parameters: `[B, 2 D]`.

    Source: Kingma & Welling, *Auto-Encoding Variational Bayes*, ICLR 2014, appendix B.
    """
    mean, log_variance = ops.split(ops.cast(parameters, "float32"), 2, axis=-1)
    terms = ops.square(mean) + ops.exp(log_variance) - log_variance - 1.0
    return 0.5 * ops.sum(terms, axis=-1)
