"""ALFR on people's income: features that do not tell the sex."""

import numpy as np

from keras_drnet.adversarial.experiments.data.census import batches, load
from keras_drnet.adversarial.experiments.harness import fairness
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
)
from keras_drnet.adversarial.experiments.harness.training import run_rows
from keras_drnet.adversarial.systems.alfr import ALFR
from keras_drnet.losses.group_labels import GroupLabels

ROWS = {"no adversary": {"weight": 0.0}, "ALFR": {"weight": 2.0}}


def run(seed, settings):
    """Train ALFR with and without its adversary, and probe the features."""
    train, test, text = load(settings)

    def run_row(row, weight):
        model = fairness.train_system(
            ALFR,
            batches(train, seed),
            GroupLabels(),
            num_inputs=train.features.shape[1],
            settings=settings,
            reconstructs=True,
            weight=weight,
        )
        decoded = fairness.predict(
            model.decoder, fairness.predict(model.encoder, test.features)
        )
        accuracies = fairness.leakage(model.encoder, train, test)
        return {
            **fairness.evaluate(model, test),
            **fairness.balanced_leakage(model.encoder, train, test),
            "probe": max(accuracies["linear"], accuracies["mlp"]),
            "chance": accuracies["chance"],
            "reconstruction": float(np.mean(np.square(decoded - test.features))),
        }

    return Outcome(run_rows(seed, ROWS, run_row), text)


EXPERIMENT = Experiment(
    title="ALFR: features that do not tell the sex",
    run=run,
    metrics={
        **fairness.METRICS,
        **fairness.PROBES,
        "probe": "better new probe for sex, all people",
        "chance": "share of the majority",
        "reconstruction": "squared error of reconstruction",
    },
    headlines=[("ALFR", "probe"), ("ALFR", "accuracy")],
    criteria=[
        AcceptanceCriterion(
            "a new probe gets sex right at most .03 more often than the majority rate, "
            "and accuracy falls by at most 2.5 points",
            lambda results: (
                results.mean("ALFR", "probe") <= results.mean("ALFR", "chance") + 0.03
                and fairness.keeps_accuracy(results, "ALFR")
            ),
        )
    ],
)
