"""FactorVAE beside pythae's."""

import numpy as np

from keras_drnet.adversarial.experiments.data import factor_images
from keras_drnet.adversarial.experiments.factor_vae import BATCH_SIZE, CODE_DIM
from keras_drnet.adversarial.experiments.harness.experiment import Experiment, Outcome
from keras_drnet.adversarial.experiments.peers import contest, marks
from keras_drnet.adversarial.metrics.factor_score import factor_score

NUM_EPOCHS, NUM_TINY_EPOCHS = 500, 20
GAMMA, LEARNING_RATE = 10.0, 2e-4
MODULES = {"pythae": "pythae_auto_encoders", "keras_drnet": "our_auto_encoders"}


def run(seed, settings):
    """Train both on all images."""
    images, factors = factor_images.draw_all()
    pixels = images.reshape(len(images), -1)
    epochs = NUM_TINY_EPOCHS if settings.tiny else NUM_EPOCHS
    arguments = {
        "system": "factor_vae",
        "seed": seed,
        "epochs": epochs,
        "batch_size": BATCH_SIZE,
        "weight": GAMMA,
        "rates": (LEARNING_RATE, LEARNING_RATE),
        "n_components": CODE_DIM,
        "hidden_layer_sizes": (256, 256),
        "adversary_hidden_layer_sizes": (128, 128, 128),
    }
    data = {"pixels": pixels, "test_pixels": pixels}
    rows, versions = {}, {}
    for name, trained in contest.train_all(MODULES, data, arguments, settings):
        codes, decoded = trained.outputs["codes"], trained.outputs["decoded"]
        rows[name] = {
            "score": factor_score(codes, factors, seed=seed),
            "error": float(np.mean(np.square(decoded - pixels))),
            "seconds": trained.seconds,
        }
        versions |= trained.versions
    text = f"{len(images)} drawn images 16 x 16 of four factors."
    return Outcome(rows, contest.describe(text, epochs, BATCH_SIZE, versions))


EXPERIMENT = Experiment(
    title="FactorVAE beside pythae",
    run=run,
    metrics={
        "score": "FactorVAE's score (chance 0.25)",
        "error": "squared error a pixel, of means",
        "seconds": contest.SECONDS,
    },
    headlines=[],
    criteria=[
        marks.as_high("score as high as pythae's", "keras_drnet", "pythae", "score"),
        marks.as_low("error as low as pythae's", "keras_drnet", "pythae", "error"),
        marks.no_slower(("keras_drnet", "pythae")),
    ],
)
