"""People, losses by hand and adversaries for the tests of fair systems."""

import numpy as np
import tensorflow as tf

from keras_drnet.losses.adversarial_loss import AdversarialLoss
from tests.support.system_contract import joined, mlp, values

BATCH = 48
NUM_INPUTS = 5


def loss_of(contrast, *, num_features=4, adversary=None, **kwargs):
    """Returns a loss whose adversary has the inputs that the contrast makes."""
    if adversary is None and contrast.notion == "odds":
        adversary = joined(
            num_features, contrast.num_targets, sizes=(16, contrast.num_outputs)
        )
    elif adversary is None:
        adversary = mlp(num_features, 16, contrast.num_outputs)
    return AdversarialLoss(adversary, contrast, **kwargs)


def make_batch(rng, *, num_targets=2, sizes=(2,)):
    """Returns people of all groups; `group` is `[B, A]` for several attributes."""
    group = np.stack([rng.integers(0, size, BATCH) for size in sizes], axis=1)
    arrays = {
        "input": rng.normal(size=(BATCH, NUM_INPUTS)).astype("float32"),
        "target": rng.integers(0, num_targets, BATCH).astype("int32"),
        "group": (group if len(sizes) > 1 else group[:, 0]).astype("int32"),
    }
    return {name: tf.constant(array) for name, array in arrays.items()}


def sigmoid(x):
    return 1 / (1 + np.exp(-np.float64(x)))


def cross_entropy(logits, labels):
    """Returns the mean cross-entropy of logits `[B, 1]`, by hand."""
    p = sigmoid(logits)[:, 0]
    return -np.where(np.equal(labels, 1), np.log(p), np.log(1 - p)).mean()


def adversary_step_ignores_the_features_step(make, batch):
    """Returns whether the adversary's step uses the features before their update."""
    model, twin = make(), make()
    twin.optimizer.learning_rate.assign(0.0)
    for m in (model, twin):
        m.train_step(batch)
    own, other = (values(m.adversarial.adversary) for m in (model, twin))
    return all(np.array_equal(a, b) for a, b in zip(own, other, strict=True))
