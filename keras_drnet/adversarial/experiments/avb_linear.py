"""AVB on a linear model: posteriors are Gaussian and the divergence is known."""

import numpy as np
import tensorflow as tf
from scipy.stats import multivariate_normal

from keras_drnet.adversarial.distributions.likelihoods import GaussianLikelihood
from keras_drnet.adversarial.distributions.structured_posterior import (
    StructuredPosterior,
)
from keras_drnet.adversarial.experiments.avb import (
    CODE_DIM,
    CONTRAST_ROW,
    ROWS,
    TINY_STEPS,
    VAE_ROW,
    build_encoder,
    draw_codes,
    train,
)
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
)
from keras_drnet.adversarial.experiments.harness.networks import mlp
from keras_drnet.adversarial.experiments.harness.training import run_rows

EXAMPLE_DIM, NOISE = 4, 0.2
STEPS = {"num_steps": 4000, "num_adversary_steps": 2}


def gaussian_divergence(codes):
    """Return the divergence of a Gaussian from N(0, I), from many draws `[M, D]`."""
    mean, covariance = np.mean(codes, axis=0), np.cov(codes.T)
    _, log_determinant = np.linalg.slogdet(covariance)
    return 0.5 * (np.trace(covariance) + mean @ mean - len(mean) - log_determinant)


def run(seed, settings):
    """Fit `x = W'z + noise` with linear networks: posteriors are Gaussian."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(CODE_DIM, EXAMPLE_DIM))
    covariance = weights.T @ weights + NOISE**2 * np.eye(EXAMPLE_DIM)
    truth = multivariate_normal(np.zeros(EXAMPLE_DIM), covariance)
    train_examples = np.float32(truth.rvs(10_000, random_state=rng))
    examples = np.float32(truth.rvs(200, random_state=rng))
    repeated = np.repeat(examples, 500, axis=0)

    def run_row(row):
        posterior = StructuredPosterior(1, noise_dim=CODE_DIM, hidden_dim=0)
        decoder = mlp(CODE_DIM, EXAMPLE_DIM)
        model = train(
            row,
            build_encoder(row, EXAMPLE_DIM, (), posterior),
            decoder,
            GaussianLikelihood(NOISE),
            train_examples,
            learning_rate=1e-2,
            **(TINY_STEPS if settings.tiny else STEPS),
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

    return Outcome(run_rows(seed, ROWS, run_row), "Examples of a linear model, made.")


EXPERIMENT = Experiment(
    title="AVB: a linear model, where the divergence is known",
    run=run,
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
