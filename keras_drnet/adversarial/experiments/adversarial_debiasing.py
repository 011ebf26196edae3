"""Adversarial debiasing: income at equal odds, and a toy of known solution."""

import keras
import numpy as np

from keras_drnet.adversarial.experiments.data.census import batches, load
from keras_drnet.adversarial.experiments.harness import fairness, training
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.networks import mlp
from keras_drnet.adversarial.systems.adversarial_debiasing import (
    AdversarialDebiasing,
    build_prediction_adversary,
)
from keras_drnet.data.datasets.adult import Census
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.schedules import PowerLaw

NUM_STEPS, NUM_TOY_STEPS, NUM_TINY_STEPS = 4000, 2000, 500
BATCH_SIZE = 128
PAPER = "Zhang et al. 2018"
RE_RUN = "re-run of the University of Amsterdam, seed 15"
TOY_ROWS = {
    "no adversary": {"alpha": 0.0},
    "projection": {},
    "projection by variable": {"rule": "projection_by_variable"},
    "no projection": {"rule": "sum"},
}
ROWS = TOY_ROWS | {"the paper's adversary": {"is_paper": True}}


def generate_toy(num_examples, seed):
    """Generate the toy of the paper's section 5.1.

    r is a coin, v ~ N(r, 1), u ~ N(v, 1), w ~ N(v, 1); x = (r, u), and y = 1 where
    w > 0. The group is r. As u - r does not depend on it, the weight of r that gives
    parity is minus that of u.
    """
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, num_examples)
    v = rng.normal(group)
    u, w = rng.normal(v), rng.normal(v)
    features = np.stack([group, u], axis=1).astype(np.float32)
    return Census(features, (w > 0).astype(np.int32), group.astype(np.int32))


def run_toy(seed, settings):
    """Train a logistic regression by the paper's schedules, with each gradient rule."""
    num_steps = NUM_TINY_STEPS if settings.tiny else NUM_TOY_STEPS
    data = batches(generate_toy(20_000, seed), seed, BATCH_SIZE)

    def run_row(row, rule="projection", alpha=1.0):
        predictor = mlp(2, 1)
        adversarial = AdversarialLoss(
            build_prediction_adversary(),
            GroupLabels(),
            gradient_rule=rule,
            weight=PowerLaw(alpha, num_steps / 20, 0.5),
        )
        training.fit(
            AdversarialDebiasing(predictor, adversarial),
            data,
            num_steps,
            keras.optimizers.SGD(PowerLaw(0.3, num_steps / 20, -1.0)),
            keras.optimizers.SGD(0.3),
            steps_per_execution=50,
        )
        (w_r, w_u), bias = (np.ravel(weight) for weight in predictor.get_weights())
        return {
            "w_r": float(w_r),
            "w_u": float(w_u),
            "bias": float(bias[0]),
            "ratio": float(abs(w_r + w_u) / abs(w_u)),
        }

    text = "Made-up: a coin r, and u that depends on it."
    return Outcome(training.run_rows(seed, TOY_ROWS, run_row), text)


def run(seed, settings):
    """Train for equality of odds, with the paper's adversary and with a network.

    Sex is among the features, as in public implementations: without it a predictor can
    hardly make odds equal.
    """
    train, test, text = load(settings, in_features=True)
    num_steps = NUM_TINY_STEPS if settings.tiny else NUM_STEPS

    def run_row(row, rule="projection", alpha=2.0, is_paper=False):
        contrast = GroupLabels(notion="odds", balanced=not is_paper)
        adversary = (
            build_prediction_adversary(num_targets=2)
            if is_paper
            else fairness.build_adversary(1, contrast)
        )
        predictor = mlp(train.features.shape[1], 32, 1)
        adversarial = AdversarialLoss(
            adversary, contrast, gradient_rule=rule, weight=alpha
        )
        model = training.fit(
            AdversarialDebiasing(predictor, adversarial),
            batches(train, seed, BATCH_SIZE),
            num_steps,
            training.decaying_adam(1e-3, num_steps),
            training.decaying_adam(3e-3, num_steps),
            steps_per_execution=50,
        )
        return {
            **fairness.evaluate(model, test),
            **fairness.balanced_leakage(predictor, train, test),
        }

    return Outcome(training.run_rows(seed, ROWS, run_row), text)


EXPERIMENT = Experiment(
    title="Adversarial debiasing: equality of odds",
    run=run,
    metrics={
        "accuracy": "accuracy for income (majority 0.76)",
        "fpr_gap": "gap of false positives",
        "fnr_gap": "gap of false negatives",
        "parity_gap": "parity gap",
        **fairness.PROBES,
    },
    headlines=[
        ("projection", "fpr_gap"),
        ("projection", "fnr_gap"),
        ("projection", "accuracy"),
    ],
    published=[
        Published(
            row,
            {"accuracy": accuracy, "fpr_gap": fpr_gap, "fnr_gap": fnr_gap},
            source,
            verified=source == RE_RUN,
        )
        for row, source, accuracy, fpr_gap, fnr_gap in (
            ("no adversary", PAPER, 0.860, 0.0669, 0.0825),
            ("projection", PAPER, 0.845, 0.0054, 0.0109),
            ("no adversary", RE_RUN, 0.8494, 0.0712, 0.1259),
            ("projection", RE_RUN, 0.8448, 0.0388, 0.0185),
        )
    ],
    criteria=[
        AcceptanceCriterion(
            "with the projection accuracy is at least .84, the gap of false positives "
            "at most .04 and that of false negatives at most .05",
            lambda results: (
                results.mean("projection", "accuracy") >= 0.84
                and results.mean("projection", "fpr_gap") <= 0.04
                and results.mean("projection", "fnr_gap") <= 0.05
            ),
        )
    ],
)

TOY_EXPERIMENT = Experiment(
    title="Adversarial debiasing: the exact solution of a toy",
    run=run_toy,
    metrics={
        "w_r": "weight of r, the group",
        "w_u": "weight of u",
        "bias": "bias",
        "ratio": "|w_r + w_u| / |w_u| (exact: 0)",
    },
    headlines=[("projection", "ratio")],
    published=[
        Published("no adversary", {"w_r": 0.7, "w_u": 0.7, "bias": -0.36}, PAPER),
        Published("projection", {"w_r": -0.6, "w_u": 0.6, "bias": 0.6}, PAPER),
    ],
    criteria=[
        AcceptanceCriterion(
            "with the projection |w_r + w_u| is below .15 |w_u|",
            lambda results: results.mean("projection", "ratio") < 0.15,
        )
    ],
)
