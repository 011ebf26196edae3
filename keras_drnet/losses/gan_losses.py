"""The losses of a generator and its discriminator, as pure functions of logits."""

from keras import ops


def discriminator_errors(real_logits, fake_logits):
    """Return the two cross-entropies of a discriminator of real and generated.

    Each is a mean over the batch; ln 2 is chance. Label: 1 = real. The discriminator
    minimizes their sum (Goodfellow et al., *Generative Adversarial Networks*, 2014).

    Args:
        real_logits: `[B, 1]`, for what was observed.
        fake_logits: `[B, 1]`, for what was predicted.

    Returns:
        `(real_error, fake_error)`.
    """
    return ops.mean(ops.softplus(-real_logits)), ops.mean(ops.softplus(fake_logits))


def generator_loss(fake_logits):
    """Return what a generator minimizes against its discriminator.

    The cross-entropy to the label "real", a mean over the batch: the non-saturating
    loss of Goodfellow et al. (2014), MCNet's L_GAN.

    Args:
        fake_logits: `[B, 1]`, for what was predicted.
    """
    return ops.mean(ops.softplus(-fake_logits))
