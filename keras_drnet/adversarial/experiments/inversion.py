"""Encoders that undo a generator: BiGAN on digits, ALI on Gaussians in the plane."""

import statistics

import keras
import numpy as np

from keras_drnet.adversarial.distributions import priors
from keras_drnet.adversarial.distributions.posteriors import GaussianPosterior
from keras_drnet.adversarial.experiments.digit_networks import (
    batches,
    build_decoder,
    build_encoder,
    build_pair_adversary,
    load,
    mlp,
    nearest_neighbor_accuracy,
    train,
)
from keras_drnet.adversarial.experiments.harness.experiment import (
    Experiment,
    Mark,
    Outcome,
    Published,
)
from keras_drnet.adversarial.systems.bigan import BiGAN
from keras_drnet.data.datasets.digits import DIGIT_SIZE
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import JointPair

CODE_DIM = 50  # BiGAN's, as in its paper.
GRID_SCALE = 0.2  # Standard deviation of each of the 25 Gaussians, 2 apart.
NUM_STEPS, NUM_TINY_STEPS = 6000, 800
MIN_SHARE = 1 / 250  # Of draws that a mode must get: a tenth of what is due to it.


def run_bigan(seed, settings):
    """Train an auto-encoder, and a BiGAN of the same form, to codes of digits.

    Not in the paper: the encoder has convolutions, and sees digits a little moved. On
    30 times fewer steps than the authors took, that is what leads to codes whose
    neighbors are of one class; with layers of 256 or 512 they stay 3 points behind.
    """
    (pixels, labels), (test_pixels, test_labels), text = load(settings)
    num_steps = NUM_TINY_STEPS if settings.tiny else NUM_STEPS
    data = batches(seed, image=pixels)
    raw = nearest_neighbor_accuracy(pixels, labels, test_pixels, test_labels)
    rows, arrays = {"pixels": {"neighbour": raw}}, {}
    for row in ("auto-encoder", "BiGAN"):
        keras.utils.set_random_seed(seed)
        encoder = build_encoder(CODE_DIM)
        generator = build_decoder(CODE_DIM, batch_norm=True)
        if row == "BiGAN":
            adversarial = AdversarialLoss(
                build_pair_adversary(CODE_DIM), JointPair(), objective="flipped_labels"
            )
            prior = priors.UniformCube(CODE_DIM)
            model = BiGAN(encoder, generator, adversarial, prior)
            train(model, data, num_steps, 1e-3, 1e-3)
        else:
            model = keras.Sequential([encoder, generator])
            pairs = data.map(lambda batch: (batch["image"], batch["image"]))
            train(model, pairs, num_steps, 1e-3, loss="mean_squared_error")
        codes, test_codes = (
            encoder.predict(x, verbose=0) for x in (pixels, test_pixels)
        )
        made = generator.predict(test_codes, verbose=0)
        rows[row] = {
            "neighbour": nearest_neighbor_accuracy(
                codes, labels, test_codes, test_labels
            ),
            "error": mean_distance(test_pixels, made),
            # The digits are in random order: the next one is any other.
            "error_of_others": mean_distance(test_pixels, np.roll(made, 1, axis=0)),
        }
        rows[row]["ratio"] = rows[row]["error"] / rows[row]["error_of_others"]
        arrays[row] = np.stack([test_pixels[:10], made[:10]])
    return Outcome(rows, text, arrays)


def mean_distance(first, second):
    """Return the mean Euclidean distance of pairs `[N, D]`."""
    return float(np.mean(np.linalg.norm(first - second, axis=-1)))


def draw_reconstructions(figure, arrays):
    """Draw held-out digits, and below them what each row makes of their codes."""
    axes = figure.subplots(len(arrays), 1, squeeze=False)[:, 0]
    for axis, (row, digits) in zip(axes, arrays.items(), strict=True):
        tiles = digits.reshape(2, -1, DIGIT_SIZE, DIGIT_SIZE).swapaxes(1, 2)
        axis.imshow(tiles.reshape(2 * DIGIT_SIZE, -1), cmap="gray_r")
        axis.set_title(row, fontsize="medium")
        axis.set_axis_off()


def build_point_adversary(row):
    """Build an adversary of points in the plane, and with ALI of their codes."""
    pair = [keras.Input((2,)), keras.Input((2,))]
    x = pair[0] if row == "GAN" else keras.layers.Concatenate()(pair)
    return keras.Model(pair, mlp(x.shape[-1], 1, units=128)(x))


def run_grid(seed, settings):
    """Train a GAN, and ALI of the same form, to 25 Gaussians in the plane."""
    grid = priors.GaussianMixture.grid(5, scale=GRID_SCALE)
    num_steps = NUM_TINY_STEPS if settings.tiny else NUM_STEPS
    rows, arrays = {}, {}
    for row in ("GAN", "ALI"):
        keras.utils.set_random_seed(seed)
        encoder = keras.Sequential([mlp(2, 4, units=128), GaussianPosterior()])
        # Without codes there is nothing for it to learn.
        encoder.trainable = row == "ALI"
        adversarial = AdversarialLoss(
            build_point_adversary(row), JointPair(), objective="flipped_labels"
        )
        prior = priors.Gaussian(2)
        model = BiGAN(encoder, mlp(2, 2, units=128), adversarial, prior)
        data = batches(seed, image=np.array(grid(20_000)))
        train(model, data, num_steps, 1e-3, 1e-3)
        draws = model.generator.predict(prior(2500), verbose=0)
        distances = np.array(grid.distances(draws))
        near = distances.min(axis=1) < 3.0 * GRID_SCALE
        counts = np.bincount(distances.argmin(axis=1)[near], minlength=25)
        rows[row] = {
            "modes": float(np.sum(counts >= MIN_SHARE * len(draws))),
            "near": float(np.mean(near)),
        }
        arrays[row] = draws
    return Outcome(rows, "25 Gaussians in the plane, made.", arrays)


def draw_grid(figure, arrays):
    """Draw what the generator of each row makes."""
    axes = figure.subplots(1, len(arrays), squeeze=False)[0]
    for axis, (row, draws) in zip(axes, arrays.items(), strict=True):
        axis.plot(*draws.T, ".", markersize=2, alpha=0.3)
        axis.set_title(row, fontsize="medium")
        axis.set_aspect("equal")
        axis.set(xlim=(-6, 6), ylim=(-6, 6), xlabel="$x_1$", ylabel="$x_2$")


_BIGAN_TABLE = "Donahue et al., ICLR 2017, table 1"

BIGAN = Experiment(
    title="BiGAN: codes of digits",
    run=run_bigan,
    measures={
        "neighbour": "accuracy of the nearest neighbour (chance 0.1)",
        "error": "|x - G(E(x))|",
        "error_of_others": "|x - G(E(x'))|",
        "ratio": "|x - G(E(x))| / |x - G(E(x'))|",
    },
    headlines=[("BiGAN", "neighbour"), ("BiGAN", "ratio")],
    published=[
        Published("auto-encoder", "neighbour", 0.9758, _BIGAN_TABLE, True),
        Published("BiGAN", "neighbour", 0.9739, _BIGAN_TABLE, True),
        *(
            Published("BiGAN", measure, value, "log of the authors' code", True)
            for measure, value in (
                ("error", 5.95),
                ("error_of_others", 9.60),
                ("ratio", 0.62),
            )
        ),
    ],
    marks=[
        Mark(
            "the nearest neighbour of codes is right within a point as often as that "
            "of pixels",
            lambda results: (
                results.mean("BiGAN", "neighbour")
                >= results.mean("pixels", "neighbour") - 0.01
            ),
        ),
        Mark(
            "the reconstruction of a digit is nearer to it than that of another: a "
            "ratio of at most 0.75",
            lambda results: results.mean("BiGAN", "ratio") <= 0.75,
        ),
    ],
    draw=draw_reconstructions,
)

GRID_ALI = Experiment(
    title="ALI: 25 Gaussians in the plane",
    run=run_grid,
    measures={
        "modes": "modes covered, of 25 (uniform draws: 25)",
        "near": "share of draws within 3 deviations of a mode (uniform draws: 0.28)",
    },
    headlines=[("ALI", "modes")],
    published=[
        Published(row, "modes", value, "Dumoulin et al., ICLR 2017", True)
        for row, value in (("GAN", 10.4), ("ALI", 13.4))
    ],
    marks=[
        Mark(
            "ALI covers more modes than the GAN, in the median of seeds",
            lambda results: (
                statistics.median(results.values("ALI", "modes"))
                > statistics.median(results.values("GAN", "modes"))
            ),
        )
    ],
    draw=draw_grid,
)
