"""Adversary losses: an error for each example of an adversary.

`outputs` and `labels` have one shape, `[..., K]`. With K = 1 the output is the logit of
the label 1, and labels are in [0, 1]; with more it is a logit for each of K classes,
and labels are one-hot or soft. Errors are `[...]`.
"""

from keras import ops

from keras_drnet.checks.shapes import check_same_shape


def check_outputs(outputs, labels):
    """Check that outputs and labels have one shape.

    Raises:
        InputError: shapes differ.
    """
    check_same_shape(
        outputs=outputs,
        labels=labels,
        hint="Give the adversary an output for each column of its labels.",
    )


def cross_entropy(outputs, labels):
    """Return the cross-entropy of logits and labels, in nats.

    Raises:
        InputError: shapes differ.
    """
    check_outputs(outputs, labels)
    if outputs.shape[-1] == 1:
        errors = ops.softplus(outputs) - labels * outputs
    else:
        errors = -labels * ops.log_softmax(outputs, axis=-1)
    return ops.sum(errors, axis=-1)


def squared_error(outputs, labels):
    """Return the squared error of outputs that are quantities, not logits.

    Raises:
        InputError: shapes differ.
    """
    check_outputs(outputs, labels)
    return ops.sum(ops.square(outputs - labels), axis=-1)


def absolute_error(outputs, labels):
    """Return the probability that is not on the label, in [0, 1].

    With examples that `GroupLabels(balanced=True)` made this is the
    group-normalized L1 loss of Madras et al., *Learning Adversarially Fair and
    Transferable Representations*, ICML 2018: their L_Adv is `1 - 2 * mean` of it
    (demographic parity), and their adversary maximizes that.

    Raises:
        InputError: shapes differ.
    """
    check_outputs(outputs, labels)
    if outputs.shape[-1] == 1:
        return ops.sum(ops.abs(ops.sigmoid(outputs) - labels), axis=-1)
    # Half: what the label's class lacks is counted again in the other classes.
    return 0.5 * ops.sum(ops.abs(ops.softmax(outputs, axis=-1) - labels), axis=-1)


def is_right(outputs, labels):
    """Return 1.0 for each example that is classified correctly, else 0.0.

    Raises:
        InputError: shapes differ.
    """
    check_outputs(outputs, labels)
    if outputs.shape[-1] == 1:
        right = ops.equal(outputs > 0, labels > 0.5)[..., 0]
    else:
        right = ops.equal(ops.argmax(outputs, axis=-1), ops.argmax(labels, axis=-1))
    return ops.cast(right, "float32")


ADVERSARY_LOSSES = {
    "absolute_error": absolute_error,
    "cross_entropy": cross_entropy,
    "squared_error": squared_error,
}
