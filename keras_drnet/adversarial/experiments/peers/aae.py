"""AAE beside pythae's."""

import numpy as np

from keras_drnet.adversarial.experiments.data import digits
from keras_drnet.adversarial.experiments.harness.experiment import Experiment, Outcome
from keras_drnet.adversarial.experiments.peers import contest, marks
from keras_drnet.adversarial.metrics import two_sample

NUM_EPOCHS, CODE_DIM = 10, 2
NUM_DRAWS = 20_000  # Of the prior, to compare with.
MODULES = {"pythae": "pythae_auto_encoders", "keras_drnet": "our_auto_encoders"}


def run(seed, settings):
    """Train both on digits, and compare the codes of others with the prior."""
    (pixels, _), (test_pixels, _), text = digits.load(settings)
    epochs = 1 if settings.tiny else NUM_EPOCHS
    arguments = {
        "system": "aae",
        "seed": seed,
        "epochs": epochs,
        "batch_size": digits.BATCH_SIZE,
        "weight": 0.02,
        "rates": (3e-3, 1e-3),
        "n_components": CODE_DIM,
        "hidden_layer_sizes": (256, 256),
        "adversary_hidden_layer_sizes": (256, 256),
    }
    data = {"pixels": pixels, "test_pixels": test_pixels}
    draws = np.random.default_rng(seed).standard_normal((NUM_DRAWS, CODE_DIM))
    rows, versions = {}, {}
    for name, trained in contest.train_all(MODULES, data, arguments, settings):
        codes, decoded = trained.outputs["codes"], trained.outputs["decoded"]
        mmd, p_value = two_sample.mmd_test(codes, draws[: len(codes)], seed=seed)
        rows[name] = {
            "ks": float(two_sample.kolmogorov_smirnov(codes, draws).max()),
            "mmd": mmd,
            "mmd_p": p_value,
            "error": float(np.mean(np.square(decoded - test_pixels))),
            "seconds": trained.seconds,
        }
        versions |= trained.versions
    return Outcome(rows, contest.describe(text, epochs, digits.BATCH_SIZE, versions))


EXPERIMENT = Experiment(
    title="AAE beside pythae",
    run=run,
    metrics={
        "ks": "codes' distance from the prior, KS (chance 0.03)",
        "mmd": "squared MMD from the prior",
        "mmd_p": "its test, p",
        "error": "squared error a pixel",
        "seconds": contest.SECONDS,
    },
    headlines=[],
    criteria=[
        *(
            marks.as_low(f"{text} as low as pythae's", "keras_drnet", "pythae", metric)
            for metric, text in (("ks", "KS"), ("mmd", "MMD"), ("error", "error"))
        ),
        marks.no_slower(("keras_drnet", "pythae")),
    ],
)
