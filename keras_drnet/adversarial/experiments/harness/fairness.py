"""What the experiments on fairness share: networks, training, metrics."""

import functools

import keras
import numpy as np

from keras_drnet.adversarial.experiments.data import census
from keras_drnet.adversarial.experiments.harness.training import decaying_adam, fit
from keras_drnet.adversarial.metrics.fairness import fairness
from keras_drnet.adversarial.metrics.leakage import group_leakage
from keras_drnet.adversarial.networks import build_group_adversary, mlp
from keras_drnet.losses.adversarial_loss import AdversarialLoss

NUM_STEPS, NUM_TINY_STEPS = 2000, 300
FEATURE_DIM = 8
NUM_PROBED = 10_000  # People that probes are trained on: as good as all, much faster.
METRICS = {
    "accuracy": "accuracy for income (majority 0.76)",
    "parity_gap": "parity gap",
    "fpr_gap": "gap of false positives",
    "tpr_gap": "gap of true positives",
}
PROBES = {
    "linear_probe": "new linear probe for sex (chance 0.5)",
    "mlp_probe": "new MLP probe for sex (chance 0.5)",
}


def build_adversary(num_features, contrast):
    """Build an adversary of features, and where `contrast` gives it of the target."""
    return build_group_adversary(
        num_features,
        contrast,
        (64, 64),
        functools.partial(keras.activations.leaky_relu, negative_slope=0.3),
    )


def train_system(
    system,
    data,
    contrast,
    *,
    num_inputs,
    settings,
    reconstructs=False,
    num_adversary_steps=1,
    **kwargs,
):
    """Train a system of fair representation; the networks are the same for all.

    Args:
        system: class of the system.
        data: batches.
        contrast: `GroupLabels`.
        num_inputs: length of an input.
        settings: `Settings`.
        reconstructs: whether there is a decoder.
        num_adversary_steps: see `AdversarialModel`.
        **kwargs: arguments of `AdversarialLoss`.
    """
    parts = {"decoder": mlp(FEATURE_DIM, 64, num_inputs)} if reconstructs else {}
    encoder = mlp(num_inputs, 64, FEATURE_DIM)
    # Features of fixed length cannot escape the adversary by growing.
    encoder.add(keras.layers.LayerNormalization(center=False, scale=False))
    adversary = build_adversary(FEATURE_DIM, contrast)
    model = system(
        encoder,
        mlp(FEATURE_DIM, 16, 1),
        AdversarialLoss(adversary, contrast, **kwargs),
        num_adversary_steps=num_adversary_steps,
        **parts,
    )
    num_steps = NUM_TINY_STEPS if settings.tiny else NUM_STEPS
    # The adversary's rate stays, so that it keeps up. Its weights decay: the L1 loss
    # has no gradient for an adversary that is certain of all, which would stay so.
    return fit(
        model,
        data,
        num_steps,
        decaying_adam(1e-3, num_steps),
        keras.optimizers.AdamW(3e-3, weight_decay=1.0),
        steps_per_execution=20,
    )


def predict(model, features):
    """Return a network's outputs for all features at once, `[N, ...]`."""
    return keras.ops.convert_to_numpy(model(features, training=False))


def evaluate(model, test):
    """Return the accuracy and the gaps between groups of a model's predictions."""
    return fairness(predict(model, test.features)[:, 0] > 0, test.target, test.group)


def leakage(encoder, train, test):
    """Return the accuracy of new probes for sex, and chance."""
    train = census.take(train, slice(NUM_PROBED))
    train_codes, test_codes = (predict(encoder, c.features) for c in (train, test))
    return group_leakage(train_codes, train.group, test_codes, test.group)


def balanced_leakage(encoder, train, test):
    """Return the metrics `PROBES`: new probes among equally many women and men."""
    rng = np.random.default_rng(0)
    accuracies = leakage(encoder, *(census.balanced(c, rng) for c in (train, test)))
    return {f"{name}_probe": accuracies[name] for name in ("linear", "mlp")}


def keeps_accuracy(results, row):
    """Return whether a row loses at most 2.5 points of accuracy to its adversary."""
    lost = results.mean("no adversary", "accuracy") - results.mean(row, "accuracy")
    return lost <= 0.025
