"""Networks for digits and their codes, and how they are trained."""

import functools

import keras

from keras_drnet.adversarial import networks
from keras_drnet.adversarial.experiments.data.digits import NUM_PIXELS
from keras_drnet.adversarial.experiments.harness.training import decaying_adam, fit
from keras_drnet.data.datasets.digits import DIGIT_SIZE
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PriorSample

mlp = functools.partial(
    networks.mlp, activation="leaky_relu", kernel_initializer="he_normal"
)


def build_decoder(*code_dims, batch_norm=False):
    """Build a network from one code or more to pixels; see `networks.mlp`."""
    return mlp(
        code_dims,
        256,
        256,
        NUM_PIXELS,
        output_activation="sigmoid",
        batch_norm=batch_norm,
    )


def build_encoder(code_dim):
    """Build a convolutional network from pixels to a code.

    In training it sees digits moved by up to two pixels, so that codes do not depend on
    the exact position.
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
    flat = keras.layers.Flatten()(x)
    x = keras.layers.Dense(128, kernel_initializer="he_normal")(flat)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.LeakyReLU(0.2)(x)
    return keras.Model(pixels, keras.layers.Dense(code_dim)(x))


def build_prior_loss(prior, code_dim, *, num_labels=0, weight=0.02):
    """Build the loss of an adversary that tells codes from draws of a prior."""
    label_dim = (num_labels + 1,) if num_labels else ()
    return AdversarialLoss(
        mlp((code_dim, *label_dim), 256, 256, 1),
        PriorSample(prior, conditional_prior=bool(num_labels)),
        objective="flipped_labels",
        weight=weight,
    )


def train(model, data, num_steps, *learning_rates, **kwargs):
    """Train a model with Adam at rates that fall to 0.

    Args:
        model: `keras.Model`.
        data: endless batches.
        num_steps: number of batches to train on.
        *learning_rates: rates at step 0, one for each of its optimizers.
        **kwargs: other arguments of `compile`.
    """
    # For few steps tracing several at a time takes longer than it saves; for all of
    # these networks, XLA does.
    fit(
        model,
        data,
        num_steps,
        *(decaying_adam(rate, num_steps, beta_1=0.5) for rate in learning_rates),
        steps_per_execution=20 if num_steps > 1000 else 1,
        jit_compile=False,
        **kwargs,
    )
