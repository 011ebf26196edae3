"""The task of systems that classify: domain adaptation, fairness."""

from keras import ops

from keras_drnet.checks.shapes import check_same_length, check_same_shape, check_shape
from keras_drnet.losses.adversary_losses import cross_entropy, is_right


def classification_terms(label, logits):
    """Return `loss`, the mean cross-entropy in nats, and `accuracy`.

    Args:
        label: int `[B]` or `[B, 1]`.
        logits: `[B, K]`; for two classes also `[B, 1]`, those of class 1.

    Raises:
        InputError: shapes do not fit. Labels that are out of range are not found.
    """
    check_shape(label, "label", ("B",), ("B", 1))
    check_shape(logits, "logits", ("B", "K"))
    check_same_length(label=label, logits=logits)
    logits, label = ops.cast(logits, "float32"), ops.reshape(label, (-1,))
    one_hot = ops.one_hot(ops.cast(label, "int32"), max(logits.shape[-1], 2))
    labels = one_hot[:, 1:] if logits.shape[-1] == 1 else one_hot
    return {
        "loss": ops.mean(cross_entropy(logits, labels)),
        "accuracy": ops.mean(is_right(logits, labels)),
    }


def two_domains(source, target):
    """Return the arguments of `GroupLabels(2)`; the source is group 0.

    Args:
        source: features `[B, D]`.
        target: features `[B', D]`.

    Raises:
        InputError: features of source and target differ in shape.
    """
    check_same_shape(source=source, target=target, skip_batch=True)
    group = [
        ops.full((ops.shape(features)[0],), domain, dtype="int32")
        for domain, features in enumerate((source, target))
    ]
    return {
        "features": ops.concatenate([source, target], axis=0),
        "group": ops.concatenate(group, axis=0),
    }
