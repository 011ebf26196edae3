"""adapt's DANN and ADDA, on digits."""

import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf
from adapt.feature_based import ADDA, DANN
from adapt.utils import UpdateLambda

PACKAGES = ("adapt", "tensorflow", "tf_keras")
layers = tf.keras.layers


def fit(data, *, method, seed, epochs, batch_size, weight):
    """Train by a method, `"dann"` or `"adda"`."""
    tf.keras.utils.set_random_seed(seed)
    source, target = standardized(data["source"]), standardized(data["target"])
    label = np.eye(10, dtype=np.float32)[data["label"]]
    common = {
        "Xt": target,
        "loss": tf.keras.losses.CategoricalCrossentropy(from_logits=True),
        "random_state": seed,
        "copy": False,
        "verbose": 0,
    }
    if method == "dann":
        steps = epochs * -(-max(len(source), len(target)) // batch_size)
        # Its loss is the sum over both domains, ours the mean.
        ramp = UpdateLambda(lambda_max=weight / 2, max_steps=steps, gamma=10.0)
        model = DANN(
            encoder(),
            classifier(),
            discriminator(128),
            lambda_=tf.Variable(0.0),
            optimizer=tf.keras.optimizers.Adam(1e-3),
            **common,
        )
        model.fit(source, label, epochs=epochs, batch_size=batch_size, callbacks=[ramp])
        return model
    model = ADDA(
        tf.keras.Sequential([*encoder().layers, *classifier().layers]),
        tf.keras.Sequential([layers.Activation("linear", input_shape=(10,))]),
        discriminator(10),
        optimizer=tf.keras.optimizers.Adam(1e-3),
        pretrain__callbacks=[
            tf.keras.callbacks.LambdaCallback(on_train_end=lambda _: slow_down(model))
        ],
        **common,
    )
    model.fit(source, label, epochs=epochs, batch_size=batch_size)
    return model


def slow_down(model):
    """Set the optimizers of adaptation, which else are those of the source."""
    model.optimizer_enc = tf.keras.optimizers.Adam(2e-4, 0.5)
    model.optimizer_disc = tf.keras.optimizers.Adam(2e-4, 0.5)


def outputs(model, data):
    """Return the predicted labels of held-out digits of the target."""
    logits = model.predict(standardized(data["test_target"]), batch_size=500)
    return {"predicted": np.argmax(logits, axis=-1)}


def standardized(images):
    """Return images of mean 0 and deviation 1 each, as our network makes them."""
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    deviation = images.std(axis=(1, 2, 3), keepdims=True)
    return (images - mean) / (deviation + 1e-3)


def encoder():
    """Build LeNet without its last layer."""
    return tf.keras.Sequential(
        [
            layers.Conv2D(20, 5, activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPooling2D(),
            layers.Conv2D(50, 5, activation="relu"),
            layers.Dropout(0.5),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
        ]
    )


def classifier():
    """Build LeNet's last layer."""
    return tf.keras.Sequential([layers.Dense(10, input_shape=(128,))])


def discriminator(num_inputs):
    """Build the domain classifier, which gives a probability."""
    return tf.keras.Sequential(
        [
            layers.Dense(500, activation="relu", input_shape=(num_inputs,)),
            layers.Dense(500, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
