"""Data-driven fairness on income: the adversary's examples decide the notion."""

import numpy as np
import tensorflow as tf

from keras_drnet.adversarial.experiments.data.census import (
    balanced,
    batches,
    load,
    take,
)
from keras_drnet.adversarial.experiments.harness import fairness
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
)
from keras_drnet.adversarial.experiments.harness.training import run_rows
from keras_drnet.adversarial.systems.data_driven_fairness import DataDrivenFairness
from keras_drnet.losses.group_labels import GroupLabels

MAX_ADVERSARY_EXAMPLES = 4_000


def run(seed, settings):
    """Train with different people for the adversary, equally many in all rows."""
    train, test, text = load(settings)
    rng = np.random.default_rng(seed)
    mixed = take(train, rng.permutation(len(train.target)))
    rows = {
        "no adversary": {"people": mixed, "weight": 0.0},
        "random": {"people": mixed, "weight": 3.0},
        "balanced": {"people": balanced(mixed, rng), "weight": 3.0},
        "only y = 1": {"people": take(mixed, mixed.target == 1), "weight": 3.0},
    }
    sizes = [len(arguments["people"].target) for arguments in rows.values()]
    count = min(MAX_ADVERSARY_EXAMPLES, *sizes)

    def run_row(row, people, weight):
        others = batches(take(people, slice(count)), seed, batch_size=128)
        data = tf.data.Dataset.zip(batches(train, seed), others).map(
            lambda own, other: {
                "input": own["input"],
                "target": own["target"],
                "adversary_input": other["input"],
                "adversary_group": other["group"],
            }
        )
        model = fairness.train_system(
            DataDrivenFairness,
            data,
            GroupLabels(),
            num_inputs=train.features.shape[1],
            settings=settings,
            weight=weight,
        )
        return {
            **fairness.evaluate(model, test),
            **fairness.balanced_leakage(model.encoder, train, test),
        }

    text = f"{text} The adversary has {count:,} of them."
    return Outcome(run_rows(seed, rows, run_row), text)


EXPERIMENT = Experiment(
    title="Data-driven fairness: the adversary's examples decide the notion",
    run=run,
    metrics=fairness.METRICS | fairness.PROBES,
    headlines=[("only y = 1", "tpr_gap")],
    criteria=[
        AcceptanceCriterion(
            "an adversary that sees y = 1 alone gives the lowest gap of true positives",
            lambda results: (
                min(results.rows, key=lambda row: results.mean(row, "tpr_gap"))
                == "only y = 1"
            ),
        )
    ],
)
