"""The optimizer: its steps are those of Keras' Adam."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.training.adam import Adam

SCHEDULE = keras.optimizers.schedules.CosineDecay(1e-2, 20)


@pytest.mark.parametrize(
    "options",
    [
        {"learning_rate": 1e-2, "beta_1": 0.5},
        {"learning_rate": SCHEDULE, "global_clipnorm": 1.0},
        {"learning_rate": 1e-2, "amsgrad": True},
        {"learning_rate": 1e-2, "weight_decay": 0.1},
    ],
    ids=["rate", "schedule", "amsgrad", "weight_decay"],
)
def test_steps_and_state_are_those_of_keras(options, rng):
    start = rng.normal(size=(3, 4)).astype("float32")
    optimizers = Adam(**options), keras.optimizers.Adam(**options)
    weights = [keras.Variable(start) for _ in optimizers]

    @tf.function
    def step(gradient):
        for optimizer, weight in zip(optimizers, weights, strict=True):
            optimizer.apply([gradient], [weight])

    for optimizer, weight in zip(optimizers, weights, strict=True):
        optimizer.build([weight])
    for _ in range(30):
        step(tf.constant(rng.normal(size=(3, 4)), "float32"))
    assert np.abs(weights[0] - start).max() > 0.01
    np.testing.assert_allclose(*weights, rtol=1e-4, atol=1e-6)
    for ours, theirs in zip(*(o.variables for o in optimizers), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_it_is_saved_with_a_model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(Adam(0.25), "mse")
    config = keras.saving.serialize_keras_object(model.optimizer)
    copy = keras.saving.deserialize_keras_object(config)
    assert isinstance(copy, Adam) and float(copy.learning_rate) == 0.25
