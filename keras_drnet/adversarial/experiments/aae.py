"""AAE: codes of digits in the plane, distributed like a prior."""

import numpy as np

from keras_drnet.adversarial.distributions import priors
from keras_drnet.adversarial.experiments.data.digits import batches, load
from keras_drnet.adversarial.experiments.harness.digit_networks import (
    build_decoder,
    build_encoder,
    build_prior_loss,
    train,
)
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
)
from keras_drnet.adversarial.experiments.harness.plot import axes_of_rows
from keras_drnet.adversarial.experiments.harness.training import run_rows
from keras_drnet.adversarial.metrics import two_sample
from keras_drnet.adversarial.systems.aae import AAE
from keras_drnet.data.datasets.digits import NUM_CLASSES

NORMAL = priors.Gaussian(2)
RING = priors.GaussianMixture.ring(NUM_CLASSES, scale=0.3)
ROWS = {
    "auto-encoder": {"prior": NORMAL, "num_labels": 0, "weight": 0.0},
    "AAE": {"prior": NORMAL, "num_labels": 0, "weight": 0.02},
    "AAE, a Gaussian a digit": {
        "prior": RING,
        "num_labels": NUM_CLASSES,
        "weight": 0.02,
    },
}


def run(seed, settings):
    """Train an auto-encoder, and AAEs with two priors."""
    (pixels, labels), (test_pixels, test_labels), text = load(settings)
    data = batches(seed, image=pixels, label=labels)
    arrays = {"label": test_labels}

    def run_row(row, prior, num_labels, weight):
        adversarial = build_prior_loss(prior, 2, num_labels=num_labels, weight=weight)
        model = AAE(
            build_encoder(2), build_decoder(2), adversarial, num_labels=num_labels
        )
        train(model, data, 300 if settings.tiny else 2000, 3e-3, 1e-3)
        codes = arrays[row] = model.encoder.predict(test_pixels, verbose=0)
        error = np.square(model.decoder.predict(codes, verbose=0) - test_pixels)
        draws = np.array(prior(20_000))
        _, p_value = two_sample.mmd_test(codes, draws[: len(codes)], seed=seed)
        metrics = {
            "ks": float(two_sample.kolmogorov_smirnov(codes, draws).max()),
            "mmd_p": p_value,
            "reconstruction": float(np.mean(error)),
        }
        if num_labels:
            nearest = np.argmin(prior.distances(codes), axis=1)
            metrics["in_mode"] = float(np.mean(nearest == test_labels))
        return metrics

    return Outcome(run_rows(seed, ROWS, run_row), text, arrays)


def draw_codes(figure, arrays):
    """Draw the codes of each row in the plane, a color a digit."""
    rows = {name: codes for name, codes in arrays.items() if name != "label"}
    for axis, _, codes in axes_of_rows(figure, rows):
        axis.scatter(*codes.T, c=arrays["label"], cmap="tab10", s=4)
        axis.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")


EXPERIMENT = Experiment(
    title="AAE: codes of digits in the plane",
    run=run,
    metrics={
        "ks": "codes' distance from the prior, KS (chance 0.03)",
        "mmd_p": "MMD test against the prior, p",
        "in_mode": "share of codes in their digit's Gaussian (chance 0.1)",
        "reconstruction": "squared error a pixel",
    },
    headlines=[("AAE", "ks")],
    criteria=[
        AcceptanceCriterion(
            "AAE's held-out codes are near N(0, I): KS below 0.08 in either element, "
            "p above 0.01 with every seed",
            lambda results: (
                results.mean("AAE", "ks") < 0.08
                and min(results.values("AAE", "mmd_p")) > 0.01
            ),
        ),
        AcceptanceCriterion(
            "the auto-encoder's are not, by both",
            lambda results: (
                results.mean("auto-encoder", "ks") >= 0.08
                and results.mean("auto-encoder", "mmd_p") <= 0.01
            ),
        ),
        AcceptanceCriterion(
            "with a Gaussian a digit at least 95 % of held-out codes are in their own",
            lambda results: results.mean("AAE, a Gaussian a digit", "in_mode") >= 0.95,
        ),
    ],
    draw=draw_codes,
)
