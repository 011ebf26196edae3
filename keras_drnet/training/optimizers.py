"""Optimizers and schedules of weights, made from a stage's configuration."""

import keras

from keras_drnet.training.adam import Adam


def make_optimizer(config):
    """Return the Adam that a `TrainConfig` describes."""
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_steps=max(config.warmup_steps, 1),
        warmup_target=config.learning_rate,
        decay_steps=max(config.num_steps - config.warmup_steps, 1),
        alpha=1.0 if config.schedule == "constant" else 0.0,
    )
    return Adam(
        schedule, beta_1=config.beta_1, global_clipnorm=config.clip_norm or None
    )


def make_discriminator_optimizer(config):
    """Return the Adam of a discriminator, with a constant rate.

    Args:
        config: a `DrNetConfig` or `RolloutConfig`.
    """
    return Adam(config.discriminator_learning_rate, beta_1=config.beta_1)


def make_adversarial_weight(config):
    """Return the weight that a `DrNetConfig` describes, a number or a linear ramp."""
    if not config.adversarial_warmup_steps:
        return config.adversarial_weight
    return keras.optimizers.schedules.PolynomialDecay(
        initial_learning_rate=0.0,
        decay_steps=config.adversarial_warmup_steps,
        end_learning_rate=config.adversarial_weight,
    )
