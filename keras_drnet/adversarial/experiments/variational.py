"""Inference without a density: AVB on four points, and on a linear model.

Codes have two elements, so that what is measured can be known exactly.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy.stats import kstest, multivariate_normal

from keras_drnet.adversarial.distributions import gaussian
from keras_drnet.adversarial.distributions.likelihoods import (
    BernoulliLikelihood,
    GaussianLikelihood,
)
from keras_drnet.adversarial.distributions.posteriors import (
    GaussianPosterior,
    NoiseInput,
)
from keras_drnet.adversarial.distributions.priors import Gaussian
from keras_drnet.adversarial.distributions.structured_posterior import (
    StructuredPosterior,
)
from keras_drnet.adversarial.experiments.harness.batches import shuffled
from keras_drnet.adversarial.experiments.harness.experiment import (
    Experiment,
    Mark,
    Outcome,
    Published,
)
from keras_drnet.adversarial.metrics import importance
from keras_drnet.adversarial.systems import avb
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PriorSample

DIM = 2  # Length of a code.
BATCH_SIZE = 128
POINTS_STEPS = {"num_steps": 12_000, "num_adversary_steps": 4}
LINEAR_STEPS = {"num_steps": 4000, "num_adversary_steps": 2}
TINY = {"num_steps": 300, "num_adversary_steps": 1, "steps_per_execution": 1}
POINTS = np.eye(4, dtype="float32")
LINEAR_DIM, LINEAR_SCALE = 4, 0.2  # Of the linear model's examples; their noise.
ROWS = VAE_ROW, AVB_ROW, CONTRAST_ROW = (
    "Gaussian VAE",
    "AVB",
    "AVB with adaptive contrast",
)


class GaussianVAE(keras.Model):
    """A variational auto-encoder with a Gaussian posterior: no adversary."""

    def __init__(self, encoder, decoder, likelihood):
        """Hold networks; the encoder's outputs are means and log-variances."""
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = likelihood
        self.posterior = GaussianPosterior()

    def draw_codes(self, images):
        """Return codes `[B, D]`, one drawn for each of `[B, ...]`."""
        return self.posterior(self.encoder(images), training=True)

    def call(self, batch):
        """Return means and log-variances, and add minus the bound as a loss."""
        images = batch["image"]
        parameters = self.encoder(images)
        codes = self.posterior(parameters, training=True)
        log_prob = self.likelihood.log_prob(images, self.decoder(codes))
        self.add_loss(ops.mean(gaussian.divergence_from_normal(parameters) - log_prob))
        return parameters


def hidden_layers(x, *sizes):
    """Apply layers with ELU."""
    for size in sizes:
        x = keras.layers.Dense(size, activation="elu")(x)
    return x


def dense(x, *sizes):
    """Apply layers with ELU, the last without."""
    return keras.layers.Dense(sizes[-1])(hidden_layers(x, *sizes[:-1]))


def build_encoder(row, dim, hidden, posterior):
    """Build the encoder of a row. How codes are drawn is what rows differ in.

    Without adaptive contrast noise is an input like the others, as in the paper.
    """
    image = keras.Input((dim,))
    if row == VAE_ROW:
        return keras.Model(image, dense(image, *hidden, 2 * DIM))
    if row == AVB_ROW:
        noisy = NoiseInput(posterior.noise_dim)(image)
        return keras.Model(image, dense(noisy, *hidden, DIM))
    features = hidden_layers(image, *hidden)
    # At first noise is of one scale: where scales change sign there is none at all.
    scales = keras.layers.Dense(
        posterior.num_bases * DIM, kernel_initializer="zeros", bias_initializer="ones"
    )
    parameters = keras.layers.Concatenate()(
        [keras.layers.Dense(DIM)(features), scales(features)]
    )
    return keras.Model(image, posterior(parameters))


def build_adversary(dim, units=128):
    """Build T, of a code and an example."""
    code, image = keras.Input((DIM,)), keras.Input((dim,))
    # What is Gaussian has a quadratic log-density.
    joined = keras.layers.Concatenate()([code, ops.square(code), image])
    return keras.Model((code, image), dense(joined, units, units, 1))


def train(
    row,
    encoder,
    decoder,
    likelihood,
    examples,
    *,
    num_steps,
    num_adversary_steps,
    learning_rate,
    steps_per_execution=10,
):
    """Return a model of a row, trained."""
    # The features come to rest, so that in the end the adversary has caught up.
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, num_steps)
    optimizers = [keras.optimizers.Adam(schedule, beta_1=0.5)]
    if row == VAE_ROW:
        model = GaussianVAE(encoder, decoder, likelihood)
    else:
        adversarial = AdversarialLoss(
            build_adversary(examples.shape[-1]),
            PriorSample(Gaussian(DIM)),
            objective="logit_difference",
        )
        model = avb.AVB(
            encoder,
            decoder,
            adversarial,
            likelihood,
            num_adversary_steps=num_adversary_steps,
            alternating=True,
        )
        schedule = keras.optimizers.schedules.CosineDecay(
            2e-3, num_steps * num_adversary_steps, alpha=0.1
        )
        optimizers.append(keras.optimizers.Adam(schedule, beta_1=0.5))
    model.compile(*optimizers, steps_per_execution=steps_per_execution)
    data = shuffled({"image": examples}, BATCH_SIZE)
    model.fit(data, steps_per_epoch=num_steps, verbose=0)
    return model


def draw_codes(model, examples, num_draws):
    """Return draws `[N, num_draws, D]` of the posteriors of `[N, ...]`."""
    codes = model.draw_codes(np.repeat(examples, num_draws, axis=0))
    return np.reshape(codes, (len(examples), num_draws, DIM))


def run_points(seed, settings):
    """Fit four one-hot points, whose best posteriors are quarters of the plane."""
    rows, arrays = {}, {}
    for row in ROWS:
        keras.utils.set_random_seed(seed)
        encoder = build_encoder(
            row, 4, (64, 64), StructuredPosterior(4, noise_dim=3, hidden_dim=32)
        )
        code = keras.Input((DIM,))
        decoder = keras.Model(code, dense(code, 64, 64, 4))
        model = train(
            row,
            encoder,
            decoder,
            BernoulliLikelihood(),
            np.repeat(POINTS, BATCH_SIZE // 4, axis=0),
            learning_rate=5e-4,
            **(TINY if settings.tiny else POINTS_STEPS),
        )
        codes = draw_codes(model, POINTS, 5000)
        evidence = importance.log_evidence(
            POINTS, decoder, model.likelihood, importance.grid()
        )
        rows[row] = {
            "log_evidence": float(np.mean(evidence)),
            "kolmogorov_smirnov": max(
                float(kstest(column, "norm").statistic)
                for column in codes.reshape(-1, DIM).T
            ),
        }
        arrays[row] = codes[:, :500]
    return Outcome(rows, "Four one-hot points, made.", arrays)


def gaussian_divergence(codes):
    """Return the divergence of a Gaussian from N(0, I), from many draws `[M, D]`."""
    mean, covariance = np.mean(codes, axis=0), np.cov(codes.T)
    _, log_determinant = np.linalg.slogdet(covariance)
    return 0.5 * (np.trace(covariance) + mean @ mean - len(mean) - log_determinant)


def run_linear(seed, settings):
    """Fit `x = W'z + noise` with networks that are linear: posteriors are Gaussian."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(DIM, LINEAR_DIM))
    covariance = weights.T @ weights + LINEAR_SCALE**2 * np.eye(LINEAR_DIM)
    truth = multivariate_normal(np.zeros(LINEAR_DIM), covariance)
    train_examples = np.float32(truth.rvs(10_000, random_state=rng))
    examples = np.float32(truth.rvs(200, random_state=rng))
    rows = {}
    for row in ROWS:
        keras.utils.set_random_seed(seed)
        posterior = StructuredPosterior(1, noise_dim=DIM, hidden_dim=0)
        code = keras.Input((DIM,))
        decoder = keras.Model(code, keras.layers.Dense(LINEAR_DIM)(code))
        model = train(
            row,
            build_encoder(row, LINEAR_DIM, (), posterior),
            decoder,
            GaussianLikelihood(LINEAR_SCALE),
            train_examples,
            learning_rate=1e-2,
            **(TINY if settings.tiny else LINEAR_STEPS),
        )
        codes = draw_codes(model, examples, 500)
        repeated = np.repeat(examples, 500, axis=0)
        exact = np.mean([gaussian_divergence(draws) for draws in codes])
        log_prob = model.likelihood.log_prob(repeated, decoder(codes.reshape(-1, DIM)))
        bound = np.mean(log_prob) - exact
        rows[row] = {
            "divergence": float(exact),
            "gap": float(np.mean(truth.logpdf(examples)) - bound),
        }
        if row != VAE_ROW:
            data = tf.data.Dataset.from_tensors({"image": repeated})
            losses = model.evaluate(data, return_dict=True, verbose=0)
            estimate = losses["adversarial"] + losses["auxiliary"]
            rows[row]["divergence_error"] = abs(estimate / float(exact) - 1.0)
    return Outcome(rows, "Examples of a linear model, made.")


def draw_posteriors(figure, arrays):
    """Draw the codes of each row in the plane, a color a point."""
    axes = figure.subplots(1, len(arrays), sharex=True, sharey=True, squeeze=False)[0]
    for axis, (row, codes) in zip(axes, arrays.items(), strict=True):
        for number, draws in enumerate(codes):
            axis.plot(*draws.T, ".", color=f"C{number}", markersize=3, alpha=0.5)
        axis.set_title(row, fontsize="medium")
        axis.set(xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), xlabel="$z_1$", aspect="equal")
    axes[0].set_ylabel("$z_2$")


def _both(is_met):
    """Return a mark's function: whether it is met with and without contrast."""
    return lambda results: all(is_met(results, row) for row in ROWS[1:])


AVB = Experiment(
    title="AVB: four points, codes in the plane",
    run=run_points,
    measures={
        "log_evidence": "log p(x), nats (at most -1.386)",
        "kolmogorov_smirnov": "codes' distance from N(0, I), KS",
    },
    headlines=[(AVB_ROW, "log_evidence"), (CONTRAST_ROW, "log_evidence")],
    published=[
        Published(VAE_ROW, "log_evidence", -1.568, "Mescheder et al. 2017", False),
        Published(AVB_ROW, "log_evidence", -1.403, "Mescheder et al. 2017", False),
    ],
    marks=[
        Mark(
            "log p(x) of both forms of AVB is at least -1.43 nats",
            _both(lambda results, row: results.mean(row, "log_evidence") >= -1.43),
        ),
        Mark(
            "and above the Gaussian VAE's",
            _both(
                lambda results, row: (
                    results.mean(row, "log_evidence")
                    > results.mean(VAE_ROW, "log_evidence")
                )
            ),
        ),
        Mark(
            "all codes together are normal: a KS distance below 0.08",
            _both(lambda results, row: results.mean(row, "kolmogorov_smirnov") < 0.08),
        ),
    ],
    draw=draw_posteriors,
)

AVB_LINEAR = Experiment(
    title="AVB: a linear model, where the divergence is known",
    run=run_linear,
    measures={
        "divergence": "KL of the posteriors from the prior, nats",
        "divergence_error": "relative error of the estimate of it",
        "gap": "log p(x) of the truth less the bound, nats",
    },
    headlines=[(CONTRAST_ROW, "divergence_error")],
    marks=[
        Mark(
            "with adaptive contrast the estimate is within 10 %",
            lambda results: results.mean(CONTRAST_ROW, "divergence_error") < 0.1,
        ),
    ],
)
