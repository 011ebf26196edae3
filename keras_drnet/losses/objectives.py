"""Objectives: what the features minimize, with the adversary fixed.

Each is an error for every example, from the same `outputs` and `labels` as the
adversary's own (see `adversary_losses`), and raises its errors. For an adversary that
is confident and correct, logit 4 for the label 1, the magnitude of the gradient at the
logit is

    gradient_reversal 0.018, uniform_target 0.48, flipped_labels 0.98,
    logit_difference 1

with cross-entropy: that of gradient reversal vanishes where the adversary is best.
"""

from keras import ops

from keras_drnet.losses.adversary_losses import check_outputs


def gradient_reversal(adversary_loss, outputs, labels):
    """Return minus the adversary's error.

    What a gradient reversal layer does (Ganin & Lempitsky, ICML 2015): the minimax
    loss.
    """
    return -adversary_loss(outputs, labels)


def flipped_labels(adversary_loss, outputs, labels):
    """Return the adversary's error at the wrong labels.

    The non-saturating loss (Goodfellow et al., 2014; ADDA). With more than two classes
    all wrong ones weigh the same.
    """
    num_wrong = max(labels.shape[-1] - 1, 1)
    return adversary_loss(outputs, (1.0 - labels) / num_wrong)


def uniform_target(adversary_loss, outputs, labels):
    """Return the adversary's error at the uniform label.

    Domain confusion (Tzeng et al., ICCV 2015), and DrNet's adversarial loss (Denton &
    Birodkar, NIPS 2017). Its minimum, not 0, is where the adversary's outputs are
    uniform.
    """
    num_classes = max(labels.shape[-1], 2)
    return adversary_loss(outputs, ops.full_like(labels, 1.0 / num_classes))


def logit_difference(adversary_loss, outputs, labels):
    """Return the log odds of the correct label.

    With an optimal adversary and as many examples of either label, the log of the
    ratio of their densities, so its mean estimates a Kullback-Leibler divergence
    (FactorVAE, AVB). `adversary_loss` does not matter.

    Raises:
        InputError: shapes differ.
    """
    check_outputs(outputs, labels)
    if outputs.shape[-1] == 1:
        return ops.sum((2.0 * labels - 1.0) * outputs, axis=-1)
    right = ops.sum(labels * outputs, axis=-1)
    hidden = ops.where(labels > 0.5, -float("inf"), outputs)
    return right - ops.logsumexp(hidden, axis=-1)


OBJECTIVES = {
    "flipped_labels": flipped_labels,
    "gradient_reversal": gradient_reversal,
    "logit_difference": logit_difference,
    # The same loss, with the gradient rule of that name: see `gradient_rules`.
    "projection": gradient_reversal,
    "projection_by_variable": gradient_reversal,
    "uniform_target": uniform_target,
}
