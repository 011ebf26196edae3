"""LeNet for digits of two domains: networks, training, evaluation."""

import functools

import keras
import numpy as np
from keras import ops

from keras_drnet.adversarial.batches import joined, shuffled
from keras_drnet.adversarial.experiments.data.digit_domains import SIZE
from keras_drnet.adversarial.experiments.harness import training
from keras_drnet.adversarial.metrics.leakage import domain_leakage, proxy_a_distance
from keras_drnet.adversarial.networks import mlp
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.schedules import SigmoidRamp

NUM_TEST, TINY_TEST = 2000, 300  # At most, of each domain.
BATCH_SIZE = 64  # Of each domain.
EVALUATION_BATCH_SIZE = 500
FEATURE_DIM = 128
TINY_STEPS = 60
# Ten steps at once, if `kwargs` do not say otherwise.
fit = functools.partial(training.fit, steps_per_execution=10)


@keras.saving.register_keras_serializable(package="keras_drnet")
class Standardize(keras.layers.Layer):
    """Scales every image to mean 0 and deviation 1, undoing a scanner's gain."""

    def call(self, images):
        """Return images `[B, H, W, C]` standardized, each on its own."""
        mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
        deviation = ops.std(images, axis=(1, 2, 3), keepdims=True)
        return (images - mean) / (deviation + 1e-3)


def build_encoder(channels):
    """Build LeNet without its last layer: images to features `[B, 128]`."""
    return keras.Sequential(
        [
            keras.Input((SIZE, SIZE, channels)),
            Standardize(),
            keras.layers.Conv2D(20, 5, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(50, 5, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(FEATURE_DIM, activation="relu"),
            keras.layers.Dropout(0.5),
        ],
        name="encoder",
    )


def build_classifier():
    """Build LeNet's last layer: features to logits of the ten digits."""
    return keras.Sequential(
        [keras.Input((FEATURE_DIM,)), keras.layers.Dense(10)], name="classifier"
    )


def build_domain_classifier(num_inputs):
    """Build the adversary, as wide as ADDA's."""
    return mlp(num_inputs, 500, 500, 1)


def batches(source, label, target, seed):
    """Return endless batches of both domains, in one order if equally many."""
    labeled = shuffled({"source": source, "label": label}, BATCH_SIZE, seed)
    unlabeled = shuffled({"target": target}, BATCH_SIZE, seed)
    return joined(labeled, unlabeled)


def train_source(source, label, *, seed, num_steps, **kwargs):
    """Train LeNet on one domain alone; `kwargs` are arguments of `compile`."""
    keras.utils.set_random_seed(seed)
    encoder, classifier = build_encoder(source.shape[-1]), build_classifier()
    model = keras.Sequential(
        [keras.Input(source.shape[1:]), *encoder.layers, *classifier.layers]
    )
    return fit(
        model,
        shuffled((source, label), BATCH_SIZE, seed),
        num_steps,
        keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        **kwargs,
    )


def train_jointly(
    system, objective, limit, data, channels, *, seed, num_steps, **kwargs
):
    """Train DANN or domain confusion.

    Args:
        system: class of the system.
        objective: what the features minimize, a name.
        limit: weight of the adversary at the end.
        data: `batches`.
        channels: those of the images.
        seed: seed of weights and noise.
        num_steps: number of batches to train on.
        **kwargs: arguments of `compile`.
    """
    keras.utils.set_random_seed(seed)
    adversarial = AdversarialLoss(
        build_domain_classifier(FEATURE_DIM),
        GroupLabels(),
        objective=objective,
        weight=SigmoidRamp(num_steps, limit=limit),
    )
    return fit(
        system(build_encoder(channels), build_classifier(), adversarial),
        data,
        num_steps,
        keras.optimizers.Adam(1e-3),
        keras.optimizers.Adam(1e-3),
        **kwargs,
    )


def logits_of(model, digits):
    """Return logits `[N, 10]`."""
    starts = range(EVALUATION_BATCH_SIZE, len(digits), EVALUATION_BATCH_SIZE)
    blocks = np.split(digits, starts)
    return np.concatenate([model(block, training=False) for block in blocks])


def accuracy(model, digits, labels):
    """Return the accuracy of a model."""
    return float(np.mean(np.argmax(logits_of(model, digits), axis=-1) == labels))


def evaluate(model, source_model, source_test, target_test, name):
    """Return the metrics of a row for one direction.

    Args:
        model: gives the logits of the target.
        source_model: gives those of the source.
        source_test: digits and labels of the source, held out.
        target_test: digits and labels of the target, held out.
        name: name of the direction, the end of the metrics' names.
    """
    features = (
        logits_of(source_model, source_test[0]),
        logits_of(model, target_test[0]),
    )
    probes = domain_leakage(*features)
    return {
        f"accuracy_{name}": accuracy(model, *target_test),
        f"distance_{name}": proxy_a_distance(*features),
        f"linear_probe_{name}": probes["linear"],
        f"mlp_probe_{name}": probes["mlp"],
    }


def subset(rng, digits, labels, count):
    """Return `count` digits, or all, in random order, and their labels."""
    chosen = rng.permutation(len(digits))[:count]
    return digits[chosen], labels[chosen]
