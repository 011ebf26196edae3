"""Codes like a prior: AAE, and its semi-supervised form."""

import itertools

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.adversarial.distributions import priors
from keras_drnet.adversarial.experiments.digit_networks import (
    NUM_PIXELS,
    batches,
    build_decoder,
    build_encoder,
    load,
    mlp,
    train,
)
from keras_drnet.adversarial.experiments.harness.experiment import (
    Experiment,
    Mark,
    Outcome,
    Published,
)
from keras_drnet.adversarial.metrics import two_sample
from keras_drnet.adversarial.systems import aae
from keras_drnet.adversarial.systems.semi_supervised_aae import SemiSupervisedAAE
from keras_drnet.data.datasets.digits import NUM_CLASSES
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.adversarial_loss_sum import AdversarialLossSum
from keras_drnet.losses.contrasts import PriorSample

LABELS_A_DIGIT = 10
STYLE_DIM = 5


def prior_loss(prior, code_dim, *, num_labels=0, weight=0.02):
    """Build an adversary that tells codes from draws of a prior."""
    told = (num_labels + 1,) if num_labels else ()
    return AdversarialLoss(
        mlp((code_dim, *told), 1),
        PriorSample(prior, conditional_prior=bool(told)),
        objective="flipped_labels",
        weight=weight,
    )


def run_aae(seed, settings):
    """Train an auto-encoder, and AAEs with two priors, to codes in the plane."""
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
        train(model, data, 300 if settings.tiny else 2000, 3e-3, 1e-3)
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
    """Draw the codes of each row in the plane, a color a digit."""
    rows = {name: codes for name, codes in arrays.items() if name != "label"}
    axes = figure.subplots(1, len(rows), squeeze=False)[0]
    for axis, (row, codes) in zip(axes, rows.items(), strict=True):
        axis.scatter(*codes.T, c=arrays["label"], cmap="tab10", s=4)
        axis.set_title(row, fontsize="medium")
        axis.set_aspect("equal")
        axis.set(xlabel="$z_1$", ylabel="$z_2$")


def split_encoder(*sizes):
    """Build a network from pixels to several codes."""
    whole = mlp(NUM_PIXELS, sum(sizes), batch_norm=True)
    ends = list(itertools.accumulate(sizes))
    parts = [whole.output[:, e - n : e] for e, n in zip(ends, sizes, strict=True)]
    return keras.Model(whole.input, parts)


def few_of_each(labels, seed):
    """Return the places of ten examples of each label, drawn at random."""
    order = np.random.default_rng(seed).permutation(len(labels))
    return np.concatenate(
        [order[labels[order] == k][:LABELS_A_DIGIT] for k in range(NUM_CLASSES)]
    )


def run_semi_supervised(seed, settings):
    """Train on ten labels a digit: on these alone, and with all digits besides."""
    (pixels, labels), (test_pixels, test_labels), text = load(settings)
    num_steps = 150 if settings.tiny else 2000
    few = few_of_each(labels, seed)
    known = batches(seed, labeled=pixels[few], label=labels[few])
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
    data = data.map(lambda images, labeled: images | labeled)
    for row, weight in (
        ("auto-encoder and labels", 0.0),
        ("semi-supervised AAE", 0.005),
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


AAE = Experiment(
    title="AAE: codes of digits in the plane",
    run=run_aae,
    measures={
        "ks": "codes' distance from the prior, KS (chance 0.03)",
        "mmd_p": "MMD test against the prior, p",
        "in_mode": "share of codes in their digit's Gaussian (chance 0.1)",
        "reconstruction": "squared error a pixel",
    },
    headlines=[("AAE", "ks")],
    marks=[
        Mark(
            "AAE's held-out codes are near N(0, I): KS below 0.08 in either element, "
            "p above 0.01 with every seed",
            lambda results: (
                results.mean("AAE", "ks") < 0.08
                and min(results.values("AAE", "mmd_p")) > 0.01
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
    headlines=[("semi-supervised AAE", "accuracy")],
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
