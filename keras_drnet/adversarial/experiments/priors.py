"""Codes like a prior: AAE, its semi-supervised form, BiGAN and ALI."""

import itertools
import statistics

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.adversarial import aae, priors, two_sample
from keras_drnet.adversarial.bigan import BiGAN
from keras_drnet.adversarial.contrasts import JointPair, PriorSample
from keras_drnet.adversarial.experiments import digit_networks
from keras_drnet.adversarial.experiments.digit_networks import (
    NUM_PIXELS,
    batches,
    build_decoder,
    build_encoder,
    build_pair_adversary,
    mlp,
    nearest_neighbour_accuracy,
    train,
)
from keras_drnet.adversarial.experiments.experiment import (
    Experiment,
    Mark,
    Outcome,
    Published,
)
from keras_drnet.adversarial.feature_loss import AdversarialLoss
from keras_drnet.adversarial.loss_sum import AdversarialLossSum
from keras_drnet.adversarial.posteriors import GaussianPosterior
from keras_drnet.adversarial.semi_supervised_aae import SemiSupervisedAAE
from keras_drnet.data.digits import DIGIT_SIZE, NUM_CLASSES

NUM_TRAIN, NUM_TEST = 10_000, 1000  # Digits at most.
LABELS_A_DIGIT = 10
STYLE_DIM = 5
CODE_DIM = 50  # BiGAN's, as in its paper.
GRID_SCALE = 0.2  # Standard deviation of each of the 25 Gaussians, 2 apart.
GRID_STEPS, BIGAN_STEPS = 4000, 5000
MIN_SHARE = 1 / 250  # Of draws that a mode must get: a tenth of what is due to it.


def load(settings):
    """Returns pixels and labels to train on, the same to test, and what they are."""
    train_set, test_set = (
        digit_networks.load_pixels(split, settings, limit)
        for split, limit in (("train", NUM_TRAIN), ("test", NUM_TEST))
    )
    text = digit_networks.describe(settings, train_set[0], test_set[0])
    return train_set, test_set, text


def prior_loss(prior, code_dim, *, num_labels=0, weight=0.02):
    """Builds an adversary that tells codes from draws of a prior."""
    told = (num_labels + 1,) if num_labels else ()
    return AdversarialLoss(
        mlp((code_dim, *told), 1),
        PriorSample(prior, conditional_prior=bool(told)),
        objective="flipped_labels",
        weight=weight,
    )


def run_aae(seed, settings):
    """Trains an auto-encoder, and AAEs with two priors, to codes in the plane."""
    (pixels, labels), (test_pixels, test_labels), text = load(settings)
    data = batches(seed, image=pixels, label=labels)
    normal = priors.Gaussian(2)
    ring = priors.GaussianMixture.ring(NUM_CLASSES, scale=0.3)
    rows, arrays = {}, {"label": test_labels}
    for row, prior, num_labels, weight in (
        ("auto-encoder", normal, 0, 0.0),
        ("AAE", normal, 0, 0.02),
        ("AAE, a Gaussian a digit", ring, NUM_CLASSES, 0.02),
    ):
        keras.utils.set_random_seed(seed)
        adversarial = prior_loss(prior, 2, num_labels=num_labels, weight=weight)
        model = aae.AAE(
            build_encoder(2), build_decoder(2), adversarial, num_labels=num_labels
        )
        train(model, data, 100 if settings.tiny else 2000, 3e-3, 1e-3)
        codes = model.encoder.predict(test_pixels, verbose=0)
        error = np.square(model.decoder.predict(codes, verbose=0) - test_pixels)
        draws = np.array(prior(20_000))
        _, p_value = two_sample.mmd_test(codes, draws[: len(codes)], seed=seed)
        rows[row] = {
            "ks": float(two_sample.kolmogorov_smirnov(codes, draws).max()),
            "mmd_p": p_value,
            "reconstruction": float(np.mean(error)),
        }
        if num_labels:
            nearest = np.argmin(ring.distances(codes), axis=1)
            rows[row]["in_mode"] = float(np.mean(nearest == test_labels))
        arrays[row] = codes
    return Outcome(rows, text, arrays)


def draw_codes(figure, arrays):
    """Draws the codes of each row in the plane, a colour a digit."""
    rows = {name: codes for name, codes in arrays.items() if name != "label"}
    axes = figure.subplots(1, len(rows), squeeze=False)[0]
    for axis, (row, codes) in zip(axes, rows.items(), strict=True):
        axis.scatter(*codes.T, c=arrays["label"], cmap="tab10", s=4)
        axis.set_title(row, fontsize="medium")
        axis.set_aspect("equal")
        axis.set(xlabel="$z_1$", ylabel="$z_2$")


def split_encoder(*sizes):
    """Builds a network from pixels to several codes."""
    whole = mlp(NUM_PIXELS, sum(sizes), batch_norm=True)
    ends = list(itertools.accumulate(sizes))
    parts = [whole.output[:, e - n : e] for e, n in zip(ends, sizes, strict=True)]
    return keras.Model(whole.input, parts)


def few_of_each(labels, seed):
    """Returns the places of ten examples of each label, drawn at random."""
    order = np.random.default_rng(seed).permutation(len(labels))
    return np.concatenate(
        [order[labels[order] == k][:LABELS_A_DIGIT] for k in range(NUM_CLASSES)]
    )


def run_semi_supervised(seed, settings):
    """Trains on ten labels a digit: on these alone, and with all digits besides."""
    (pixels, labels), (test_pixels, test_labels), text = load(settings)
    num_steps = 150 if settings.tiny else 2000
    few = few_of_each(labels, seed)
    known = batches(seed, labelled=pixels[few], label=labels[few])
    rows = {}

    def measure(row, model):
        logits = model.predict(test_pixels, verbose=0)
        right = np.argmax(logits, axis=-1) == test_labels
        rows[row] = {"accuracy": float(np.mean(right))}

    keras.utils.set_random_seed(seed)
    classifier = mlp(NUM_PIXELS, NUM_CLASSES, batch_norm=True)
    pairs = known.map(lambda batch: (batch["labelled"], batch["label"]))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    train(classifier, pairs, num_steps, 3e-3, loss=loss)
    measure("labels alone", classifier)
    data = tf.data.Dataset.zip(batches(seed, image=pixels), known)
    data = data.map(lambda images, labelled: images | labelled)
    for row, weight in (
        ("auto-encoder and labels", 0.0),
        ("semi-supervised AAE", 0.02),
    ):
        keras.utils.set_random_seed(seed)
        parts = {
            name: prior_loss(prior, dim, weight=weight)
            for name, prior, dim in (
                ("label", priors.Categorical(NUM_CLASSES), NUM_CLASSES),
                ("style", priors.Gaussian(STYLE_DIM), STYLE_DIM),
            )
        }
        model = SemiSupervisedAAE(
            split_encoder(NUM_CLASSES, STYLE_DIM),
            build_decoder((NUM_CLASSES, STYLE_DIM), batch_norm=True),
            AdversarialLossSum(parts),
        )
        train(model, data, num_steps, 3e-3, 1e-3)
        measure(row, model)
    return Outcome(rows, f"{text} Labels of {len(few)} are known.")


def run_bigan(seed, settings):
    """Trains an auto-encoder, and a BiGAN of the same form, to codes of digits."""
    (pixels, labels), (test_pixels, test_labels), text = load(settings)
    num_steps = 200 if settings.tiny else BIGAN_STEPS
    data = batches(seed, image=pixels)
    raw = nearest_neighbour_accuracy(pixels, labels, test_pixels, test_labels)
    rows, arrays = {"pixels": {"neighbour": raw}}, {}
    for row in ("auto-encoder", "BiGAN"):
        keras.utils.set_random_seed(seed)
        encoder = mlp(NUM_PIXELS, CODE_DIM, batch_norm=True)
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
            "neighbour": nearest_neighbour_accuracy(
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
    """Returns the mean Euclidean distance of pairs `[N, D]`."""
    return float(np.mean(np.linalg.norm(first - second, axis=-1)))


def draw_reconstructions(figure, arrays):
    """Draws held-out digits, and below them what each row makes of their codes."""
    axes = figure.subplots(len(arrays), 1, squeeze=False)[:, 0]
    for axis, (row, digits) in zip(axes, arrays.items(), strict=True):
        tiles = digits.reshape(2, -1, DIGIT_SIZE, DIGIT_SIZE).swapaxes(1, 2)
        axis.imshow(tiles.reshape(2 * DIGIT_SIZE, -1), cmap="gray_r")
        axis.set_title(row, fontsize="medium")
        axis.set_axis_off()


def build_point_adversary(row):
    """Builds an adversary of points in the plane, and with ALI of their codes."""
    pair = [keras.Input((2,)), keras.Input((2,))]
    x = pair[0] if row == "GAN" else keras.layers.Concatenate()(pair)
    return keras.Model(pair, mlp(x.shape[-1], 1, units=128)(x))


def run_grid(seed, settings):
    """Trains a GAN, and ALI of the same form, to 25 Gaussians in the plane."""
    grid = priors.GaussianMixture.grid(5, scale=GRID_SCALE)
    num_steps = 200 if settings.tiny else GRID_STEPS
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
    """Draws what the generator of each row makes."""
    axes = figure.subplots(1, len(arrays), squeeze=False)[0]
    for axis, (row, draws) in zip(axes, arrays.items(), strict=True):
        axis.plot(*draws.T, ".", markersize=2, alpha=0.3)
        axis.set_title(row, fontsize="medium")
        axis.set_aspect("equal")
        axis.set(xlim=(-6, 6), ylim=(-6, 6), xlabel="$x_1$", ylabel="$x_2$")


AAE = Experiment(
    title="AAE: codes of digits in the plane",
    run=run_aae,
    measures={
        "ks": "codes' distance from the prior, KS",
        "mmd_p": "MMD test against the prior, p",
        "in_mode": "share of codes in their digit's Gaussian (chance 0.1)",
        "reconstruction": "squared error a pixel",
    },
    marks=[
        Mark(
            "AAE's held-out codes are like N(0, I): KS below 0.08 in either element, "
            "p above 0.01",
            lambda results: (
                results.mean("AAE", "ks") < 0.08 and results.mean("AAE", "mmd_p") > 0.01
            ),
        ),
        Mark(
            "the auto-encoder's are not, by both",
            lambda results: (
                results.mean("auto-encoder", "ks") >= 0.08
                and results.mean("auto-encoder", "mmd_p") <= 0.01
            ),
        ),
        Mark(
            "with a Gaussian a digit at least 95 % of held-out codes are in their own",
            lambda results: results.mean("AAE, a Gaussian a digit", "in_mode") >= 0.95,
        ),
    ],
    draw=draw_codes,
)

SEMI_SUPERVISED_AAE = Experiment(
    title="Semi-supervised AAE: ten labels a digit",
    run=run_semi_supervised,
    measures={"accuracy": "accuracy on held-out digits (chance 0.1)"},
    published=[
        Published(
            "semi-supervised AAE", "accuracy", 0.981, "Makhzani et al. 2016", False
        )
    ],
    marks=[
        Mark(
            "at least 5 points above labels alone",
            lambda results: (
                results.mean("semi-supervised AAE", "accuracy")
                >= results.mean("labels alone", "accuracy") + 0.05
            ),
        )
    ],
)

_BIGAN_TABLE = "Donahue et al., ICLR 2017, table 1"

BIGAN = Experiment(
    title="BiGAN: codes of digits",
    run=run_bigan,
    measures={
        "neighbour": "accuracy of the nearest neighbour (chance 0.1)",
        "error": "|x - G(E(x))|",
        "error_of_others": "|x - G(E(x'))|",
        "ratio": "ratio of both",
    },
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
        "modes": "modes covered, of 25",
        "near": "share of draws within 3 deviations of a mode",
    },
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
