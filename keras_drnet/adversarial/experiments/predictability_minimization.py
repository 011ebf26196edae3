"""Predictability minimization: the bits behind linear mixtures."""

import keras
import numpy as np
from keras import ops
from sklearn.decomposition import PCA

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.experiments.harness.training import fit, run_rows
from keras_drnet.adversarial.metrics.binary_codes import (
    pairwise_mutual_information,
    recovered_bits,
)
from keras_drnet.adversarial.networks import mlp
from keras_drnet.adversarial.systems.predictability_minimization import (
    PredictabilityMinimization,
    leave_one_out_predictors,
)
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import LeaveOneOut

ROW = "predictability minimization"
# The weight at the end of its ramp; 1 for the paper's sum over elements.
ROWS = {"auto-encoder": {"weight": 0.0}, ROW: {"weight": 4.0}}
NUM_BITS, NUM_MIXTURES = 4, 8
NOISE = 0.05
NUM_STEPS, BATCH_SIZE, NUM_UNITS = 4000, 128, 64


def mix_bits(rng, mixing, count):
    """Return bits `[count, 4]` and their noisy linear mixtures `[count, 8]`."""
    bits = rng.integers(2, size=(count, NUM_BITS))
    mixtures = (2.0 * bits - 1.0) @ mixing
    mixtures += NOISE * rng.normal(size=mixtures.shape)
    return bits, mixtures.astype(np.float32)


def whitened(train, test):
    """Return the principal components of mixtures `[N, 4]`, scaled to unit variance.

    Independent codes of linear mixtures are a rotation of them. Without, an
    ill-conditioned mixture leaves a bit in a direction that is hardly seen.
    """
    pca = PCA(NUM_BITS, whiten=True, random_state=0).fit(train)
    return pca.transform(train), pca.transform(test)


def predictor_error(train_codes, test_codes):
    """Return the mean squared error of new predictors of each element."""
    predictors = leave_one_out_predictors(NUM_BITS, num_units=32)
    predictors.compile(keras.optimizers.Adam(1e-2), "mse")
    predictors.fit(
        train_codes, train_codes[..., None], epochs=5, batch_size=128, verbose=0
    )
    errors = predictors.predict(test_codes, verbose=0)[..., 0] - test_codes
    return float(np.mean(np.square(errors)))


def run(seed, settings):
    """Train an auto-encoder of mixed bits, and one with predictors against it.

    Half a minute; a tiny run is no smaller, as fewer steps do not get there.
    """
    del settings
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(NUM_BITS, NUM_MIXTURES))
    _, train = mix_bits(rng, mixing, 20_000)
    test_bits, test = mix_bits(rng, mixing, 20_000)
    train, test = whitened(train, test)

    def run_row(row, weight):
        ramp = keras.optimizers.schedules.PolynomialDecay(0.0, NUM_STEPS // 2, weight)
        adversarial = AdversarialLoss(
            leave_one_out_predictors(NUM_BITS),
            LeaveOneOut(),
            adversary_loss="squared_error",
            objective="gradient_reversal",
            weight=ramp,
        )
        model = fit(
            PredictabilityMinimization(
                mlp(NUM_BITS, NUM_UNITS, NUM_BITS, activation="tanh"),
                mlp(NUM_BITS, NUM_UNITS, NUM_BITS, activation="tanh"),
                adversarial,
                num_adversary_steps=3,
            ),
            shuffled({"image": train}, BATCH_SIZE, seed),
            NUM_STEPS,
            keras.optimizers.Adam(2e-2),
            keras.optimizers.Adam(1e-2),
            steps_per_execution=20,
        )
        train_codes, codes = (np.array(model.encode(x)) for x in (train, test))
        information = pairwise_mutual_information(codes > 0.5)
        error = predictor_error(train_codes, codes)
        return {
            "predictor_error": error,
            "predictable": float(1.0 - error / codes.var(axis=0).mean()),
            "mutual_information": information[~np.eye(NUM_BITS, dtype=bool)].max(),
            "bits": recovered_bits(codes > 0.5, test_bits),
            "reconstruction": float(ops.mean(ops.square(model(test) - test))),
        }

    text = (
        "Four fair bits, mixed linearly into eight numbers with noise of 0.05; the "
        "auto-encoder reads their four principal components, scaled to unit variance."
    )
    return Outcome(run_rows(seed, ROWS, run_row), text)


EXPERIMENT = Experiment(
    title="Predictability minimization",
    run=run,
    metrics={
        "predictor_error": "squared error of new predictors (best 0.25)",
        "predictable": "share of the elements' variance that they explain",
        "mutual_information": "mutual information of two bits, greatest (nats)",
        "bits": "share of bits recovered (chance 0.5)",
        "reconstruction": "squared error of reconstruction",
    },
    headlines=[(ROW, "mutual_information"), (ROW, "predictor_error")],
    published=[
        Published(
            ROW,
            {"predictor_error": 0.25, "mutual_information": 9.6e-5, "bits": 1.0},
            "npow/schmidhuber-problems, a re-run",
            verified=True,
        )
    ],
    criteria=[
        AcceptanceCriterion(
            "new predictors' error is within 0.005 of 0.25",
            lambda results: abs(results.mean(ROW, "predictor_error") - 0.25) <= 0.005,
        ),
        AcceptanceCriterion(
            "no two bits have 0.001 nats of mutual information",
            lambda results: results.mean(ROW, "mutual_information") < 1e-3,
        ),
        AcceptanceCriterion(
            "all bits are recovered in four of five seeds",
            lambda results: np.mean(np.equal(results.values(ROW, "bits"), 1.0)) >= 0.8,
        ),
    ],
)
