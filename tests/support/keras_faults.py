"""Fits plain Keras models under a strategy and says what they come to, as JSON.

What the training steps of this package work around: see `tensorflow_steps`.
"""

import json
import sys
import traceback

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.training import distribution


class Plain(keras.Model):
    """Reports a scalar, as every model does."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
        self.dense.build((None, 1))
        self.built = True

    def call(self, batch):
        return self.dense(batch["x"])

    def train_step(self, batch):
        return {"loss": tf.reduce_mean(self(batch))}


class Unbuilt(Plain):
    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        pass


class Clipped(Unbuilt):
    """One replica's gradient is 1, the other's 9: clipped to 1, their sum is 2."""

    def train_step(self, batch):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self(batch))
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": tf.reshape(loss, (1,))}


def fit(model_class, strategy):
    with strategy.scope():
        model = model_class()
        model.compile(keras.optimizers.SGD(1.0, clipnorm=1.0))
    batches = tf.data.Dataset.from_tensors({"x": np.array([[1.0], [9.0]], "float32")})
    try:
        model.fit(batches, verbose=0)
    except ValueError as error:
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        return "keras: " + " ".join(names)
    return float(model.dense.kernel.value.numpy()[0, 0])


def main():
    keras.config.disable_traceback_filtering()
    strategy = distribution.make_strategy("multi_worker")
    found = {one.__name__: fit(one, strategy) for one in (Plain, Unbuilt, Clipped)}
    print(json.dumps(found), file=sys.stderr)


if __name__ == "__main__":
    main()
