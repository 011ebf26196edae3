"""AVB on four points, and on a linear model whose divergence is known.

Codes have two elements, so that the metrics can be computed exactly.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy.stats import kstest, multivariate_normal

from keras_drnet.adversarial.batches import shuffled
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
from keras_drnet.adversarial.experiments.harness import training
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.experiments.harness.plot import axes_of_rows
from keras_drnet.adversarial.metrics import importance
from keras_drnet.adversarial.systems.avb import AVB
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PriorSample

CODE_DIM = 2
BATCH_SIZE = 128
LINEAR_DIM, LINEAR_NOISE = 4, 0.2  # Of the linear model's examples.
LINEAR_STEPS = {"num_steps": 4000, "num_adversary_steps": 2}
STEPS = {"num_steps": 12_000, "num_adversary_steps": 4}
TINY_STEPS = {"num_steps": 300, "num_adversary_steps": 1, "steps_per_execution": 1}
POINTS = np.eye(4, dtype="float32")
VAE_ROW, AVB_ROW, CONTRAST_ROW = "Gaussian VAE", "AVB", "AVB with adaptive contrast"
ROWS: dict[str, dict] = {VAE_ROW: {}, AVB_ROW: {}, CONTRAST_ROW: {}}


class GaussianVAE(keras.Model):
    """A variational auto-encoder with a Gaussian posterior, without an adversary."""

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
    """Apply dense layers with ELU."""
    for size in sizes:
        x = keras.layers.Dense(size, activation="elu")(x)
    return x


def dense(x, *sizes):
    """Apply dense layers with ELU, the last one linear."""
    return keras.layers.Dense(sizes[-1])(hidden_layers(x, *sizes[:-1]))


def build_encoder(row, dim, hidden, posterior):
    """Build the encoder of a row. Rows differ in how codes are drawn.

    Without adaptive contrast noise is an input like the others, as in the paper.
    """
    image = keras.Input((dim,))
    if row == VAE_ROW:
        return keras.Model(image, dense(image, *hidden, 2 * CODE_DIM))
    if row == AVB_ROW:
        noisy = NoiseInput(posterior.noise_dim)(image)
        return keras.Model(image, dense(noisy, *hidden, CODE_DIM))
    features = hidden_layers(image, *hidden)
    # At first noise is of one scale: where scales change sign there is none at all.
    scales = keras.layers.Dense(
        posterior.num_bases * CODE_DIM,
        kernel_initializer="zeros",
        bias_initializer="ones",
    )
    parameters = keras.layers.Concatenate()(
        [keras.layers.Dense(CODE_DIM)(features), scales(features)]
    )
    return keras.Model(image, posterior(parameters))


def build_decoder(*sizes):
    """Build the decoder of codes, with layers of these sizes."""
    code = keras.Input((CODE_DIM,))
    return keras.Model(code, dense(code, *sizes))


def build_adversary(dim):
    """Build T, of a code and an example."""
    code, image = keras.Input((CODE_DIM,)), keras.Input((dim,))
    # The log-density of a Gaussian is quadratic.
    joined = keras.layers.Concatenate()([code, ops.square(code), image])
    return keras.Model((code, image), dense(joined, 128, 128, 1))


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
    """Return a trained model of a row."""
    # The features' rate falls to 0, so that in the end the adversary has caught up.
    optimizers = [training.decaying_adam(learning_rate, num_steps, beta_1=0.5)]
    if row == VAE_ROW:
        model = GaussianVAE(encoder, decoder, likelihood)
    else:
        adversarial = AdversarialLoss(
            build_adversary(examples.shape[-1]),
            PriorSample(Gaussian(CODE_DIM)),
            objective="logit_difference",
        )
        model = AVB(
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
    data = shuffled({"image": examples}, BATCH_SIZE)
    return training.fit(
        model, data, num_steps, *optimizers, steps_per_execution=steps_per_execution
    )


def draw_codes(model, examples, num_draws):
    """Return draws `[N, num_draws, D]` of the posteriors of `[N, ...]`."""
    codes = model.draw_codes(np.repeat(examples, num_draws, axis=0))
    return np.reshape(codes, (len(examples), num_draws, CODE_DIM))


def run(seed, settings):
    """Fit four one-hot points, whose best posteriors are quarters of the plane."""
    arrays = {}

    def run_row(row):
        posterior = StructuredPosterior(4, noise_dim=3, hidden_dim=32)
        model = train(
            row,
            build_encoder(row, 4, (64, 64), posterior),
            build_decoder(64, 64, 4),
            BernoulliLikelihood(),
            np.repeat(POINTS, BATCH_SIZE // 4, axis=0),
            learning_rate=5e-4,
            **(TINY_STEPS if settings.tiny else STEPS),
        )
        codes = draw_codes(model, POINTS, 5000)
        arrays[row] = codes[:, :500]
        evidence = importance.log_evidence(
            POINTS, model.decoder, model.likelihood, importance.grid()
        )
        columns = codes.reshape(-1, CODE_DIM).T
        return {
            "log_evidence": float(np.mean(evidence)),
            "kolmogorov_smirnov": max(
                float(kstest(column, "norm").statistic) for column in columns
            ),
        }

    rows = training.run_rows(seed, ROWS, run_row)
    return Outcome(rows, "Four one-hot points, made.", arrays)


def gaussian_divergence(codes):
    """Return the divergence of a Gaussian from N(0, I), from many draws `[M, D]`."""
    mean, covariance = np.mean(codes, axis=0), np.cov(codes.T)
    _, log_determinant = np.linalg.slogdet(covariance)
    return 0.5 * (np.trace(covariance) + mean @ mean - len(mean) - log_determinant)


def run_linear(seed, settings):
    """Fit `x = W'z + noise` with linear networks: posteriors are Gaussian."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(CODE_DIM, LINEAR_DIM))
    covariance = weights.T @ weights + LINEAR_NOISE**2 * np.eye(LINEAR_DIM)
    truth = multivariate_normal(np.zeros(LINEAR_DIM), covariance)
    train_examples = np.float32(truth.rvs(10_000, random_state=rng))
    examples = np.float32(truth.rvs(200, random_state=rng))
    repeated = np.repeat(examples, 500, axis=0)

    def run_row(row):
        posterior = StructuredPosterior(1, noise_dim=CODE_DIM, hidden_dim=0)
        decoder = build_decoder(LINEAR_DIM)
        model = train(
            row,
            build_encoder(row, LINEAR_DIM, (), posterior),
            decoder,
            GaussianLikelihood(LINEAR_NOISE),
            train_examples,
            learning_rate=1e-2,
            **(TINY_STEPS if settings.tiny else LINEAR_STEPS),
        )
        codes = draw_codes(model, examples, 500)
        exact = np.mean([gaussian_divergence(draws) for draws in codes])
        decoded = decoder(codes.reshape(-1, CODE_DIM))
        bound = np.mean(model.likelihood.log_prob(repeated, decoded)) - exact
        metrics = {
            "divergence": float(exact),
            "gap": float(np.mean(truth.logpdf(examples)) - bound),
        }
        if row != VAE_ROW:
            data = tf.data.Dataset.from_tensors({"image": repeated})
            losses = model.evaluate(data, return_dict=True, verbose=0)
            estimate = losses["adversarial"] + losses["auxiliary"]
            metrics["divergence_error"] = abs(estimate / float(exact) - 1.0)
        return metrics

    return Outcome(
        training.run_rows(seed, ROWS, run_row), "Examples of a linear model, made."
    )


def draw_posteriors(figure, arrays):
    """Draw the codes of each row in the plane, a color a point."""
    for axis, _, codes in axes_of_rows(figure, arrays, sharex=True, sharey=True):
        for number, draws in enumerate(codes):
            axis.plot(*draws.T, ".", color=f"C{number}", markersize=3, alpha=0.5)
        axis.set(xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), xlabel="$z_1$", aspect="equal")
    figure.axes[0].set_ylabel("$z_2$")


def _both(is_met):
    """Return a criterion's function: whether it is met with and without contrast."""
    return lambda results: all(is_met(results, row) for row in (AVB_ROW, CONTRAST_ROW))


EXPERIMENT = Experiment(
    title="AVB: four points, codes in the plane",
    run=run,
    metrics={
        "log_evidence": "log p(x), nats (at most -1.386)",
        "kolmogorov_smirnov": "codes' distance from N(0, I), KS",
    },
    headlines=[(AVB_ROW, "log_evidence"), (CONTRAST_ROW, "log_evidence")],
    published=[
        Published(VAE_ROW, {"log_evidence": -1.568}, "Mescheder et al. 2017"),
        Published(AVB_ROW, {"log_evidence": -1.403}, "Mescheder et al. 2017"),
    ],
    criteria=[
        AcceptanceCriterion(
            "log p(x) of both forms of AVB is at least -1.43 nats",
            _both(lambda results, row: results.mean(row, "log_evidence") >= -1.43),
        ),
        AcceptanceCriterion(
            "and above the Gaussian VAE's",
            _both(
                lambda results, row: (
                    results.mean(row, "log_evidence")
                    > results.mean(VAE_ROW, "log_evidence")
                )
            ),
        ),
        AcceptanceCriterion(
            "all codes together are normal: a KS distance below 0.08",
            _both(lambda results, row: results.mean(row, "kolmogorov_smirnov") < 0.08),
        ),
    ],
    draw=draw_posteriors,
)

LINEAR_EXPERIMENT = Experiment(
    title="AVB: a linear model, where the divergence is known",
    run=run_linear,
    metrics={
        "divergence": "KL of the posteriors from the prior, nats",
        "divergence_error": "relative error of the estimate of it",
        "gap": "log p(x) of the truth less the bound, nats",
    },
    headlines=[(CONTRAST_ROW, "divergence_error")],
    criteria=[
        AcceptanceCriterion(
            "with adaptive contrast the estimate is within 10 %",
            lambda results: results.mean(CONTRAST_ROW, "divergence_error") < 0.1,
        ),
    ],
)
