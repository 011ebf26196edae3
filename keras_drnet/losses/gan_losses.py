"""The losses of a generator and its discriminator, as pure functions of logits."""

from keras import ops


def discriminator_errors(real_logits, fake_logits):
    """Return the two cross-entropies of a discriminator of real and generated examples.

    Each is a mean over the batch; ln 2 is chance. Label: 1 = real. The discriminator
    minimizes their sum (Goodfellow et al., *Generative Adversarial Networks*, 2014).

    Args:
        real_logits: `[B, 1]`, of real examples.
        fake_logits: `[B, 1]`, of generated examples.

    Returns:
        `(real_error, fake_error)`.
    """
    return ops.mean(ops.softplus(-real_logits)), ops.mean(ops.softplus(fake_logits))


def generator_loss(fake_logits):
    """Return the generator's cross-entropy with the label "real".

    A mean over the batch: the non-saturating loss of Goodfellow et al. (2014), MCNet's
    L_GAN.

    Args:
        fake_logits: `[B, 1]`, of generated examples.
    """
    return ops.mean(ops.softplus(-fake_logits))
