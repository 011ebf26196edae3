"""Adversarial debiasing: the toy of its paper, whose exact solution is known."""

import keras
import numpy as np

from keras_drnet.adversarial.experiments.data.census import batches
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.experiments.harness.networks import mlp
from keras_drnet.adversarial.experiments.harness.training import fit, run_rows
from keras_drnet.adversarial.systems.adversarial_debiasing import (
    AdversarialDebiasing,
    build_prediction_adversary,
)
from keras_drnet.data.datasets.adult import Census
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import GroupLabels
from keras_drnet.losses.schedules import PowerLaw

NUM_STEPS, NUM_TINY_STEPS = 2000, 500
BATCH_SIZE = 128
PAPER = "Zhang et al. 2018"
ROWS = {
    "no adversary": {"rule": "projection", "alpha": 0.0},
    "projection": {"rule": "projection", "alpha": 1.0},
    "projection by variable": {"rule": "projection_by_variable", "alpha": 1.0},
    "no projection": {"rule": "sum", "alpha": 1.0},
}


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


def run(seed, settings):
    """Train a logistic regression by the paper's schedules, with each gradient rule."""
    num_steps = NUM_TINY_STEPS if settings.tiny else NUM_STEPS
    data = batches(generate_toy(20_000, seed), seed, BATCH_SIZE)

    def run_row(row, rule, alpha):
        predictor = mlp(2, 1)
        adversarial = AdversarialLoss(
            build_prediction_adversary(),
            GroupLabels(),
            gradient_rule=rule,
            weight=PowerLaw(alpha, num_steps / 20, 0.5),
        )
        fit(
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
    return Outcome(run_rows(seed, ROWS, run_row), text)


EXPERIMENT = Experiment(
    title="Adversarial debiasing: the exact solution of a toy",
    run=run,
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
