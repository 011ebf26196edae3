"""DANN and ADDA beside adapt's."""

import numpy as np

from keras_drnet.adversarial.experiments import digits
from keras_drnet.adversarial.experiments.harness import lenet
from keras_drnet.adversarial.experiments.harness.experiment import Experiment, Outcome
from keras_drnet.adversarial.experiments.peers import contest, marks

NUM_EPOCHS = 10
METHODS = {"dann": "DANN", "adda": "ADDA"}
DIRECTIONS = {"mnist_usps": "MNIST to USPS", "usps_mnist": "USPS to MNIST"}
MODULES = {"adapt": "adapt_domains", "keras_drnet": "our_domains"}
# By row, ours, the peer's.
PEERS = {f"{m}, keras_drnet": f"{m}, adapt" for m in METHODS.values()}


def run(seed, settings):
    """Train both by each method, in both directions."""
    mnist, usps, text = digits.load_both(seed, settings)
    epochs = 1 if settings.tiny else NUM_EPOCHS
    rows, versions = {}, {}
    for direction, source, target in (
        ("mnist_usps", mnist, usps),
        ("usps_mnist", usps, mnist),
    ):
        (images, labels), (target_images, _) = source[0], target[0]
        test_images, test_labels = target[1]
        data = {
            "source": images,
            "label": labels,
            "target": target_images,
            "test_target": test_images,
        }
        for method, title in METHODS.items():
            arguments = {
                "method": method,
                "seed": seed,
                "epochs": epochs,
                "batch_size": lenet.BATCH_SIZE,
                "weight": digits.DANN_WEIGHT,
            }
            for name, trained in contest.train_all(MODULES, data, arguments, settings):
                row = rows.setdefault(f"{title}, {name}", {"seconds": 0.0})
                is_right = trained.outputs["predicted"] == test_labels
                row[f"accuracy_{direction}"] = float(np.mean(is_right))
                row["seconds"] += trained.seconds
                versions |= trained.versions
    return Outcome(rows, contest.describe(text, epochs, lenet.BATCH_SIZE, versions))


EXPERIMENT = Experiment(
    title="DANN and ADDA beside adapt",
    run=run,
    metrics={
        **{f"accuracy_{d}": f"accuracy, {text}" for d, text in DIRECTIONS.items()},
        "seconds": f"{contest.SECONDS}, both directions",
    },
    headlines=[],
    criteria=[
        *(
            marks.as_high(
                f"{ours}: as accurate as adapt's, {text}", ours, peer, f"accuracy_{d}"
            )
            for ours, peer in PEERS.items()
            for d, text in DIRECTIONS.items()
        ),
        marks.no_slower(*PEERS.items()),
    ],
)
