"""What the features minimize against an adversary that is held still.

Each is an error for every example, from the same `outputs` and `labels` as the
adversary's own (see `adversary_losses`). At a confident, right adversary, logit 4 for
the label 1, the gradient's size on the logit is

    gradient_reversal 0.018, uniform_target 0.48, flipped_labels 0.98,
    logit_difference 1

with cross-entropy: gradient reversal says least when there is most to say.
"""

from keras import ops


def gradient_reversal(adversary_loss, outputs, labels):
    """Return minus the adversary's error.

    What a gradient reversal layer does (Ganin & Lempitsky, ICML 2015): the minimax
    loss.
    """
    return -adversary_loss(outputs, labels)


def flipped_labels(adversary_loss, outputs, labels):
    """Return the adversary's error at the wrong labels.

    The non-saturating loss (Goodfellow et al., 2014; ADDA). With more than two classes
    all wrong ones count the same.
    """
    num_wrong = max(labels.shape[-1] - 1, 1)
    return adversary_loss(outputs, (1.0 - labels) / num_wrong)


def uniform_target(adversary_loss, outputs, labels):
    """Return the adversary's error where every label is as likely as another.

    Domain confusion (Tzeng et al., ICCV 2015), and DrNet's adversarial loss (Denton &
    Birodkar, NIPS 2017). Least, and not 0, where the adversary cannot tell.
    """
    num_classes = max(labels.shape[-1], 2)
    return adversary_loss(outputs, ops.full_like(labels, 1.0 / num_classes))


def logit_difference(adversary_loss, outputs, labels):
    """Return the log odds of the right label.

    With an optimal adversary and as many examples of either label, the log of the
    ratio of their densities, so its mean estimates a Kullback-Leibler divergence
    (FactorVAE, AVB). `adversary_loss` does not matter.
    """
    if outputs.shape[-1] == 1:
        return ops.sum((2.0 * labels - 1.0) * outputs, axis=-1)
    right = ops.sum(labels * outputs, axis=-1)
    hidden = ops.where(labels > 0.5, -float("inf"), outputs)
    return right - ops.logsumexp(hidden, axis=-1)


def project(task_gradients, adversarial_gradients, *, by_variable=False):
    """Combine gradients so that the task's part never helps the adversary.

    `g - proj_a(g) + a` for the task's gradient g and that of `gradient_reversal`, a,
    which is minus the adversary's: Zhang, Lemoine & Mitchell, *Mitigating Unwanted
    Biases with Adversarial Learning*, AIES 2018, equation 1.

    Args:
        task_gradients: list of tensors.
        adversarial_gradients: list of tensors of the same shapes, `None` where the
            adversary does not reach; there the task's gradient stays.
        by_variable: whether to project the gradient of each variable on its own, as
            public implementations do, instead of all as one vector, as in the paper.

    Returns:
        A list of tensors.
    """
    reached = [i for i, a in enumerate(adversarial_gradients) if a is not None]
    groups = [[i] for i in reached] if by_variable else [reached]
    combined = list(task_gradients)
    for group in groups:
        pairs = [(task_gradients[i], adversarial_gradients[i]) for i in group]
        product = sum(ops.sum(g * a) for g, a in pairs)
        square = sum(ops.sum(ops.square(a)) for _, a in pairs)
        share = ops.divide_no_nan(product, square)
        for i, (g, a) in zip(group, pairs, strict=True):
            combined[i] = g - share * a + a
    return combined


OBJECTIVES = {
    "flipped_labels": flipped_labels,
    "gradient_reversal": gradient_reversal,
    "logit_difference": logit_difference,
    # The same loss: how its gradient joins the task's makes the difference.
    "projection": gradient_reversal,
    "projection_by_variable": gradient_reversal,
    "uniform_target": uniform_target,
}
