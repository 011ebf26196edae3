"""Semi-supervised AAE: digits, of which ten in each class have labels."""

import keras
import numpy as np

from keras_drnet.adversarial.batches import joined
from keras_drnet.adversarial.distributions import priors
from keras_drnet.adversarial.experiments.data.digits import NUM_PIXELS, batches, load
from keras_drnet.adversarial.experiments.harness.digit_networks import (
    build_decoder,
    build_prior_loss,
    mlp,
    train,
)
from keras_drnet.adversarial.experiments.harness.experiment import (
    AcceptanceCriterion,
    Experiment,
    Outcome,
    Published,
)
from keras_drnet.adversarial.experiments.harness.training import run_rows
from keras_drnet.adversarial.systems.semi_supervised_aae import SemiSupervisedAAE
from keras_drnet.data.datasets.digits import NUM_CLASSES
from keras_drnet.losses.adversarial_loss_sum import AdversarialLossSum

LABELS_A_DIGIT = 10
STYLE_DIM = 5
ROWS = {
    "labels alone": {"weight": None},
    "auto-encoder and labels": {"weight": 0.0},
    "semi-supervised AAE": {"weight": 0.005},
}


def build_classifier():
    """Build a network from pixels to logits of the ten digits."""
    return mlp((NUM_PIXELS,), 256, 256, NUM_CLASSES, batch_norm=True)


def build_model(weight):
    """Build the system: the encoder's output is split into class and style."""
    parts = {
        name: build_prior_loss(prior, dim, weight=weight)
        for name, prior, dim in (
            ("label", priors.Categorical(NUM_CLASSES), NUM_CLASSES),
            ("style", priors.Gaussian(STYLE_DIM), STYLE_DIM),
        )
    }
    whole = mlp((NUM_PIXELS,), 256, 256, NUM_CLASSES + STYLE_DIM, batch_norm=True)
    label, style = whole.output[:, :NUM_CLASSES], whole.output[:, NUM_CLASSES:]
    return SemiSupervisedAAE(
        keras.Model(whole.input, [label, style]),
        build_decoder(NUM_CLASSES, STYLE_DIM, batch_norm=True),
        AdversarialLossSum(parts),
    )


def few_of_each(labels, seed):
    """Return the indices of ten examples of each label, drawn at random."""
    order = np.random.default_rng(seed).permutation(len(labels))
    return np.concatenate(
        [order[labels[order] == k][:LABELS_A_DIGIT] for k in range(NUM_CLASSES)]
    )


def run(seed, settings):
    """Train on the labels alone, and with all digits besides."""
    (pixels, labels), (test_pixels, test_labels), text = load(settings)
    num_steps = 150 if settings.tiny else 2000
    few = few_of_each(labels, seed)
    known = batches(seed, labeled=pixels[few], label=labels[few])
    data = joined(batches(seed, image=pixels), known)

    def run_row(row, weight):
        if weight is None:
            model = build_classifier()
            pairs = known.map(lambda batch: (batch["labeled"], batch["label"]))
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            train(model, pairs, num_steps, 3e-3, loss=loss)
        else:
            model = build_model(weight)
            train(model, data, num_steps, 3e-3, 1e-3)
        predicted = np.argmax(model.predict(test_pixels, verbose=0), axis=-1)
        return {"accuracy": float(np.mean(predicted == test_labels))}

    text = f"{text} Labels of {len(few)} are known."
    return Outcome(run_rows(seed, ROWS, run_row), text)


EXPERIMENT = Experiment(
    title="Semi-supervised AAE: ten labels a digit",
    run=run,
    metrics={"accuracy": "accuracy on held-out digits (chance 0.1)"},
    headlines=[("semi-supervised AAE", "accuracy")],
    published=[
        Published("semi-supervised AAE", {"accuracy": 0.981}, "Makhzani et al. 2016")
    ],
    criteria=[
        AcceptanceCriterion(
            "at least 5 points above labels alone",
            lambda results: (
                results.mean("semi-supervised AAE", "accuracy")
                >= results.mean("labels alone", "accuracy") + 0.05
            ),
        )
    ],
)
