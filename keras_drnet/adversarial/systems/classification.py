"""The task of systems that classify: domain adaptation, fairness."""

from keras import ops

from keras_drnet.losses.adversary_losses import cross_entropy, is_right


def classification_terms(label, logits):
    """Return `loss`, the mean cross-entropy in nats, and `accuracy`.

    Args:
        label: int `[B]` or `[B, 1]`.
        logits: `[B, K]`; for two classes also `[B, 1]`, those of class 1.
    """
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
    """
    group = [
        ops.full((ops.shape(features)[0],), domain, dtype="int32")
        for domain, features in enumerate((source, target))
    ]
    return {
        "features": ops.concatenate([source, target], axis=0),
        "group": ops.concatenate(group, axis=0),
    }
