"""MNIST to digits on photographs: DANN between its two bounds."""

import numpy as np

from keras_drnet.adversarial.experiments.data import digit_domains
from keras_drnet.adversarial.experiments.harness import lenet
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.systems.dann import DANN

NUM_DIGITS = 6000  # Of either domain.
NUM_STEPS = 2000


def run(seed, settings):
    """Train on the source alone, with DANN, and on the target."""
    rng = np.random.default_rng(seed)
    images = digit_domains.photographs(settings, rng)
    count = 400 if settings.tiny else NUM_DIGITS
    digits, labels = lenet.subset(
        rng, *digit_domains.mnist("train", settings), 2 * count
    )
    half = len(digits) // 2  # No digit is in both domains.
    source = np.repeat(digits[:half], 3, axis=-1), labels[:half]
    target = digit_domains.mnist_m(digits[half:], images, rng), labels[half:]
    num_test = lenet.TINY_TEST if settings.tiny else lenet.NUM_TEST
    plain, plain_labels = lenet.subset(
        rng, *digit_domains.mnist("test", settings), num_test
    )
    source_test = np.repeat(plain, 3, axis=-1), plain_labels
    target_test = digit_domains.mnist_m(plain, images, rng), plain_labels
    steps = lenet.TINY_STEPS if settings.tiny else NUM_STEPS
    data = lenet.batches(*source, target[0], seed)
    models = {
        "source only": lenet.train_source(*source, seed=seed, num_steps=steps),
        "DANN": lenet.train_jointly(
            DANN, "gradient_reversal", 1.0, data, 3, seed=seed, num_steps=steps
        ),
        "train on target": lenet.train_source(*target, seed=seed, num_steps=steps),
    }
    rows = {
        name: lenet.evaluate(model, model, source_test, target_test, "mnist_m")
        for name, model in models.items()
    }
    low, high = (
        rows[name]["accuracy_mnist_m"] for name in ("source only", "train on target")
    )
    for row in rows.values():
        row["gap_closed"] = (row["accuracy_mnist_m"] - low) / max(high - low, 1e-6)
    backgrounds = "BSDS500" if settings.folder("bsds500") else "made pictures"
    return Outcome(
        rows,
        f"{half} digits of MNIST and as many others on patches of {backgrounds}.",
        {"examples": np.stack([source_test[0][:8], target_test[0][:8]])},
    )


def draw_domains(figure, arrays):
    """Draw digits of the two domains."""
    axis = figure.subplots()
    rows = [np.concatenate(list(row), axis=1) for row in arrays["examples"]]
    axis.imshow(np.concatenate(rows))
    axis.set_axis_off()


EXPERIMENT = Experiment(
    title="Domain adaptation: MNIST to MNIST-M",
    run=run,
    metrics={
        "accuracy_mnist_m": "accuracy on MNIST-M",
        "gap_closed": "share of the gap closed",
        "distance_mnist_m": "proxy A-distance of logits",
        "linear_probe_mnist_m": "linear probe of logits for the domain (chance 0.5)",
        "mlp_probe_mnist_m": "MLP probe of logits for the domain (chance 0.5)",
    },
    headlines=[("DANN", "accuracy_mnist_m"), ("DANN", "distance_mnist_m")],
    published=[
        Published(row, values, "Ganin et al., JMLR 2016, table 2", verified=True)
        for row, values in (
            ("source only", {"accuracy_mnist_m": 0.5225}),
            ("DANN", {"accuracy_mnist_m": 0.7666, "gap_closed": 0.529}),
            ("train on target", {"accuracy_mnist_m": 0.9596}),
        )
    ],
    criteria=[
        AcceptanceCriterion(
            "DANN closes at least 40 % of the gap",
            lambda results: results.mean("DANN", "gap_closed") >= 0.4,
        )
    ],
    draw=draw_domains,
)
