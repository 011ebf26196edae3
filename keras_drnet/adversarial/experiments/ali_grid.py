"""ALI: 25 Gaussians in the plane, beside a GAN of the same form."""

import statistics

import keras
import numpy as np

from keras_drnet.adversarial.distributions import priors
from keras_drnet.adversarial.distributions.posteriors import GaussianPosterior
from keras_drnet.adversarial.experiments.data.digits import batches
from keras_drnet.adversarial.experiments.harness.digit_networks import mlp, train
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.experiments.harness.plot import axes_of_rows
from keras_drnet.adversarial.experiments.harness.training import run_rows
from keras_drnet.adversarial.systems.bigan import BiGAN
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import JointPair

ROWS = {"GAN": {}, "ALI": {}}
GRID_SCALE = 0.2  # Standard deviation of each of the 25 Gaussians, 2 apart.
NUM_STEPS, NUM_TINY_STEPS = 6000, 800
MIN_SHARE = 1 / 250  # Of draws, for a covered mode: a tenth of an even share.


def build_adversary(row):
    """Build an adversary of points in the plane, and with ALI of their codes."""
    pair = [keras.Input((2,)), keras.Input((2,))]
    x = pair[0] if row == "GAN" else keras.layers.Concatenate()(pair)
    return keras.Model(pair, mlp(x.shape[-1], 128, 128, 1)(x))


def run(seed, settings):
    """Train a GAN and ALI."""
    grid = priors.GaussianMixture.grid(5, scale=GRID_SCALE)
    num_steps = NUM_TINY_STEPS if settings.tiny else NUM_STEPS
    arrays = {}

    def run_row(row):
        encoder = keras.Sequential([mlp(2, 128, 128, 4), GaussianPosterior()])
        # A GAN's adversary sees no codes, which leaves its encoder nothing to learn.
        encoder.trainable = row == "ALI"
        adversarial = AdversarialLoss(
            build_adversary(row), JointPair(), objective="flipped_labels"
        )
        prior = priors.Gaussian(2)
        model = BiGAN(encoder, mlp(2, 128, 128, 2), adversarial, prior)
        data = batches(seed, image=np.array(grid(20_000)))
        train(model, data, num_steps, 1e-3, 1e-3)
        draws = arrays[row] = model.generator.predict(prior(2500), verbose=0)
        distances = np.array(grid.distances(draws))
        near = distances.min(axis=1) < 3.0 * GRID_SCALE
        counts = np.bincount(distances.argmin(axis=1)[near], minlength=25)
        return {
            "modes": float(np.sum(counts >= MIN_SHARE * len(draws))),
            "near": float(np.mean(near)),
        }

    rows = run_rows(seed, ROWS, run_row)
    return Outcome(rows, "25 Gaussians in the plane, made.", arrays)


def draw_points(figure, arrays):
    """Draw the generated points of each row."""
    for axis, _, draws in axes_of_rows(figure, arrays):
        axis.plot(*draws.T, ".", markersize=2, alpha=0.3)
        axis.set(xlim=(-6, 6), ylim=(-6, 6), xlabel="$x_1$", ylabel="$x_2$")
        axis.set_aspect("equal")


EXPERIMENT = Experiment(
    title="ALI: 25 Gaussians in the plane",
    run=run,
    metrics={
        "modes": "modes covered, of 25 (uniform draws: 25)",
        "near": "share of draws within 3 deviations of a mode (uniform draws: 0.28)",
    },
    headlines=[("ALI", "modes")],
    published=[
        Published(row, {"modes": modes}, "Dumoulin et al., ICLR 2017", verified=True)
        for row, modes in (("GAN", 10.4), ("ALI", 13.4))
    ],
    criteria=[
        AcceptanceCriterion(
            "ALI covers more modes than the GAN, in the median of seeds",
            lambda results: (
                statistics.median(results.values("ALI", "modes"))
                > statistics.median(results.values("GAN", "modes"))
            ),
        )
    ],
    draw=draw_points,
)
