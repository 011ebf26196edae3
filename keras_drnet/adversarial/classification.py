"""The task of the domain-adaptation systems: classes of one domain's examples."""

import keras
from keras import ops


def classification_terms(label, logits):
    """Returns `loss`, the mean cross-entropy in nats, and `accuracy`, a share.

    Args:
        label: int `[B]`.
        logits: `[B, K]`.
    """
    error = keras.losses.sparse_categorical_crossentropy(
        label, logits, from_logits=True
    )
    right = keras.metrics.sparse_categorical_accuracy(label, logits)
    return {"loss": ops.mean(error), "accuracy": ops.mean(right)}


def two_domains(source, target):
    """Returns what `GroupLabels(2)` takes: features of the source are of group 0.

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
