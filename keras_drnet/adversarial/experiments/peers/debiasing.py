"""Adversarial debiasing beside fairlearn's."""

from keras_drnet.adversarial.experiments.data import census
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
)
from keras_drnet.adversarial.experiments.peers import contest, marks
from keras_drnet.adversarial.metrics.fairness import fairness

ALPHAS = (0.3, 1.0, 3.0, 5.0)
NUM_EPOCHS, BATCH_SIZE = 10, 128
MODULES = {"fairlearn": "fairlearn_debiasing", "keras_drnet": "our_debiasing"}


def run(seed, settings):
    """Train both with each weight of the adversary."""
    train, test, text = census.load(settings)
    data = {
        "features": train.features,
        "target": train.target,
        "group": train.group,
        "test_features": test.features,
    }
    epochs = 1 if settings.tiny else NUM_EPOCHS
    rows, versions = {}, {}
    for alpha in ALPHAS:
        arguments = {
            "seed": seed,
            "epochs": epochs,
            "batch_size": BATCH_SIZE,
            "alpha": alpha,
        }
        for name, trained in contest.train_all(MODULES, data, arguments, settings):
            metrics = fairness(trained.outputs["predicted"], test.target, test.group)
            rows[row_name(name, alpha)] = metrics | {"seconds": trained.seconds}
            versions |= trained.versions
    return Outcome(rows, contest.describe(text, epochs, BATCH_SIZE, versions))


def row_name(name, alpha):
    """Return the name of a row."""
    return f"{name}, alpha {alpha:g}"


def _is_matched(results, peer):
    """Return whether a row of ours is as accurate as a peer's, at no greater gap."""
    return any(
        marks.is_as_high(results, ours, peer, "accuracy")
        and results.mean(ours, "parity_gap") <= results.mean(peer, "parity_gap")
        for ours in (row_name("keras_drnet", alpha) for alpha in ALPHAS)
    )


EXPERIMENT = Experiment(
    title="Adversarial debiasing beside fairlearn",
    run=run,
    metrics={
        "accuracy": "accuracy for income (majority 0.76)",
        "parity_gap": "parity gap",
        "seconds": contest.SECONDS,
    },
    headlines=[],
    criteria=[
        AcceptanceCriterion(
            "for each row of fairlearn one of ours is as accurate at an equal or "
            "smaller gap",
            lambda results: all(
                _is_matched(results, row_name("fairlearn", alpha)) for alpha in ALPHAS
            ),
        ),
        marks.no_slower(
            *((row_name("keras_drnet", a), row_name("fairlearn", a)) for a in ALPHAS)
        ),
    ],
)
