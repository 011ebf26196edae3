"""Independent elements of codes: FactorVAE, predictability minimization."""

import keras
import numpy as np
from keras import ops

from keras_drnet.adversarial.experiments import factor_images
from keras_drnet.adversarial.experiments.harness.batches import shuffled
from keras_drnet.adversarial.experiments.harness.experiment import (
    Experiment,
    Mark,
    Outcome,
    Published,
)
from keras_drnet.adversarial.experiments.harness.networks import mlp
from keras_drnet.adversarial.metrics.binary_codes import (
    pairwise_mutual_information,
    recovered_bits,
)
from keras_drnet.adversarial.metrics.factor_score import factor_score
from keras_drnet.adversarial.metrics.total_correlation import fresh_total_correlation
from keras_drnet.adversarial.systems.factor_vae import FactorVAE
from keras_drnet.adversarial.systems.predictability_minimisation import (
    PredictabilityMinimisation,
    leave_one_out_predictors,
)
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import LeaveOneOut, PermuteDims

CODE_DIM = 6  # Two more than there are factors.
GAMMA = 10.0
# Slowly: at a rate of 1e-3, and in a fifth of the steps, the total correlation falls
# as far, but the codes' elements are no better aligned with the factors than a VAE's.
VAE_STEPS, VAE_RATE, VAE_BATCH = 20_000, 2e-4, 64
TINY_VAE_STEPS, TINY_VAE_RATE = 600, 1e-3
NUM_PIXELS = factor_images.SIZE**2

NUM_BITS, NUM_MIXTURES = 4, 8
NOISE = 0.05
WEIGHT = 4.0  # 1 for the sum over elements of the paper.
PM_STEPS, PM_BATCH, PM_UNITS = 4000, 128, 64


def adam(rate, num_steps, **kwargs):
    """Return an optimizer whose rate falls to 0: players come to rest."""
    schedule = keras.optimizers.schedules.CosineDecay(rate, num_steps)
    return keras.optimizers.Adam(schedule, **kwargs)


def fit(model, examples, *, seed, num_steps, batch_size):
    """Train a model on shuffled batches of `image`s."""
    data = shuffled({"image": examples}, batch_size, seed)
    model.fit(data, epochs=1, steps_per_epoch=num_steps, verbose=0)


def run_factor_vae(seed, settings):
    """Train a variational auto-encoder, and FactorVAE, on images of four factors."""
    images, factors = factor_images.draw_all()
    pixels = images.reshape(len(images), NUM_PIXELS)
    num_steps, rate = VAE_STEPS, VAE_RATE
    if settings.tiny:
        num_steps, rate = TINY_VAE_STEPS, TINY_VAE_RATE
    rows, arrays = {}, {}
    for row, gamma in (("VAE", 0.0), ("FactorVAE", GAMMA)):
        keras.utils.set_random_seed(seed)
        adversarial = AdversarialLoss(
            mlp(CODE_DIM, 128, 128, 128, 1, activation="leaky_relu"),
            PermuteDims(),
            objective="logit_difference",
            weight=gamma,
        )
        vae = FactorVAE(
            mlp(NUM_PIXELS, 256, 256, 2 * CODE_DIM),
            mlp(CODE_DIM, 256, 256, NUM_PIXELS),
            adversarial,
        )
        vae.compile(
            adam(rate, num_steps),
            adam(rate, num_steps, beta_1=0.5, beta_2=0.9),
            steps_per_execution=20,
        )
        fit(vae, pixels, seed=seed, num_steps=num_steps, batch_size=VAE_BATCH)
        # Many draws of each code, as reconstruction and total correlation are of draws.
        repeated = np.tile(pixels, (20, 1))
        train, test = (vae.encode(repeated, training=True) for _ in range(2))
        log_prob = vae.likelihood.log_prob(repeated, vae.decoder(test))
        rows[row] = {
            "score": factor_score(np.array(vae.encode(pixels)), factors, seed=seed),
            "total_correlation": fresh_total_correlation(
                np.array(train), np.array(test), seed=seed
            ),
            "reconstruction": -float(ops.mean(log_prob)),
            "error": float(ops.mean(ops.square(ops.sigmoid(vae(pixels)) - pixels))),
        }
        arrays[row] = traversals(vae, pixels)
    text = f"{len(images)} drawn images 16 x 16 of four factors."
    return Outcome(rows, text, arrays)


def traversals(vae, pixels, num_images=9):
    """Return what is decoded when one element changes, `[D, num_images, 16, 16]`.

    From the least to the greatest value that it has, the others at their mean.
    """
    codes = np.array(vae.encode(pixels))
    swept = np.tile(codes.mean(axis=0), (codes.shape[1], num_images, 1))
    for element, values in enumerate(codes.T):
        swept[element, :, element] = np.linspace(
            *np.quantile(values, [0, 1]), num_images
        )
    decoded = ops.sigmoid(vae.decoder(swept.reshape(-1, codes.shape[1])))
    size = factor_images.SIZE
    return np.array(decoded).reshape(-1, num_images, size, size)


def draw_traversals(figure, arrays):
    """Draw what each element of the codes changes, a line an element."""
    axes = figure.subplots(1, len(arrays))
    for axis, (row, images) in zip(axes, arrays.items(), strict=True):
        axis.imshow(np.block([list(line) for line in images]), cmap="gray")
        axis.set_title(f"{row}: an element a line")
        axis.axis("off")


FACTOR_VAE = Experiment(
    title="FactorVAE",
    run=run_factor_vae,
    measures={
        "score": "FactorVAE's score (chance 0.25)",
        "total_correlation": "total correlation, new discriminator (nats)",
        "reconstruction": "reconstruction, -log p(x|z) (nats)",
        "error": "squared error a pixel, of means",
    },
    headlines=[("FactorVAE", "score"), ("FactorVAE", "total_correlation")],
    published=[
        Published("VAE", "score", 0.73, "paper, dSprites, beta-VAE, beta 4", False),
        Published("FactorVAE", "score", 0.82, "paper, dSprites, gamma 35", False),
    ],
    marks=[
        Mark(
            "FactorVAE's score is at least 0.1 above the VAE's",
            lambda results: (
                results.mean("FactorVAE", "score") >= results.mean("VAE", "score") + 0.1
            ),
        ),
        Mark(
            "its reconstruction is at most 10 % worse, in nats",
            lambda results: (
                results.mean("FactorVAE", "reconstruction")
                <= 1.1 * results.mean("VAE", "reconstruction")
            ),
        ),
        Mark(
            "a new discriminator finds less total correlation",
            lambda results: (
                results.mean("FactorVAE", "total_correlation")
                < results.mean("VAE", "total_correlation")
            ),
        ),
    ],
    draw=draw_traversals,
)


def mix_bits(rng, mixing, count):
    """Return bits `[count, 4]` and their noisy linear mixtures `[count, 8]`."""
    bits = rng.integers(2, size=(count, NUM_BITS))
    mixtures = (2.0 * bits - 1.0) @ mixing
    mixtures += NOISE * rng.normal(size=mixtures.shape)
    return bits, mixtures.astype(np.float32)


def predictor_error(train_codes, test_codes):
    """Return the mean squared error of new predictors of each element."""
    predictors = leave_one_out_predictors(NUM_BITS, num_units=32)
    predictors.compile(keras.optimizers.Adam(1e-2), "mse")
    predictors.fit(
        train_codes, train_codes[..., None], epochs=5, batch_size=128, verbose=0
    )
    errors = predictors.predict(test_codes, verbose=0)[..., 0] - test_codes
    return float(np.mean(np.square(errors)))


def run_predictability_minimisation(seed, settings):
    """Train an auto-encoder of mixed bits, and one with predictors against it.

    Half a minute; a tiny run is no smaller, as fewer steps do not get there.
    """
    del settings
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(NUM_BITS, NUM_MIXTURES))
    _, train = mix_bits(rng, mixing, 20_000)
    test_bits, test = mix_bits(rng, mixing, 20_000)
    rows = {}
    for row, limit in (("auto-encoder", 0.0), ("predictability minimisation", WEIGHT)):
        keras.utils.set_random_seed(seed)
        ramp = keras.optimizers.schedules.PolynomialDecay(0.0, PM_STEPS // 2, limit)
        adversarial = AdversarialLoss(
            leave_one_out_predictors(NUM_BITS),
            LeaveOneOut(),
            adversary_loss="squared_error",
            objective="gradient_reversal",
            weight=ramp,
        )
        model = PredictabilityMinimisation(
            mlp(NUM_MIXTURES, PM_UNITS, NUM_BITS, activation="tanh"),
            mlp(NUM_BITS, PM_UNITS, NUM_MIXTURES, activation="tanh"),
            adversarial,
            num_adversary_steps=3,
        )
        model.compile(
            keras.optimizers.Adam(2e-2),
            keras.optimizers.Adam(1e-2),
            steps_per_execution=20,
        )
        fit(model, train, seed=seed, num_steps=PM_STEPS, batch_size=PM_BATCH)
        train_codes, codes = (np.array(model.encode(x)) for x in (train, test))
        information = pairwise_mutual_information(codes > 0.5)
        error = predictor_error(train_codes, codes)
        rows[row] = {
            "predictor_error": error,
            "predictable": float(1.0 - error / codes.var(axis=0).mean()),
            "mutual_information": information[~np.eye(NUM_BITS, dtype=bool)].max(),
            "bits": recovered_bits(codes > 0.5, test_bits),
            "reconstruction": float(ops.mean(ops.square(model(test) - test))),
        }
    text = "Four fair bits, mixed linearly into eight numbers with noise of 0.05."
    return Outcome(rows, text)


PREDICTABILITY_MINIMISATION = Experiment(
    title="Predictability minimisation",
    run=run_predictability_minimisation,
    measures={
        "predictor_error": "squared error of new predictors (best 0.25)",
        "predictable": "share of the elements' variance that they explain",
        "mutual_information": "mutual information of two bits, greatest (nats)",
        "bits": "share of bits recovered (chance 0.5)",
        "reconstruction": "squared error of reconstruction",
    },
    headlines=[
        ("predictability minimisation", "mutual_information"),
        ("predictability minimisation", "predictor_error"),
    ],
    published=[
        Published(
            "predictability minimisation",
            measure,
            value,
            "npow/schmidhuber-problems, a re-run",
            True,
        )
        for measure, value in (
            ("predictor_error", 0.25),
            ("mutual_information", 9.6e-5),
            ("bits", 1.0),
        )
    ],
    marks=[
        Mark(
            "new predictors' error is within 0.005 of 0.25",
            lambda results: (
                abs(
                    results.mean("predictability minimisation", "predictor_error")
                    - 0.25
                )
                <= 0.005
            ),
        ),
        Mark(
            "no two bits have 0.001 nats of mutual information",
            lambda results: (
                results.mean("predictability minimisation", "mutual_information") < 1e-3
            ),
        ),
        Mark(
            "all bits are recovered in four of five seeds",
            lambda results: (
                np.mean(
                    np.equal(results.values("predictability minimisation", "bits"), 1.0)
                )
                >= 0.8
            ),
        ),
    ],
)
