"""Gradient reversal and schedules, alone and in a model that is saved."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.errors import InputError
from keras_drnet.losses.gradient_reversal import GradientReversal, reverse_gradient
from keras_drnet.losses.schedules import PowerLaw, SigmoidRamp

# TensorFlow may take numbers below float32's normal ones, 1.2e-38, for zero.
FLOATS = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)


@given(x=FLOATS, weight=st.floats(0, 10))
def test_forward_is_exactly_the_identity(x, weight):
    assert float(reverse_gradient(tf.constant(x), weight)) == x


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_backward_multiplies_by_minus_the_weight(weight):
    x = tf.Variable([2.0, -3.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(reverse_gradient(x, weight) * [1.0, 5.0])
    np.testing.assert_allclose(
        tape.gradient(y, x), [-weight, -5 * weight], rtol=1e-6, atol=0
    )


def test_a_schedule_counts_the_calls_in_training():
    layer, x = GradientReversal(PowerLaw(1.0, 1, 1.0)), tf.Variable(2.0)
    sizes = []
    for training in (True, False, True, True):
        with tf.GradientTape() as tape:
            y = layer(x, training=training)
        sizes.append(float(tape.gradient(y, x)))
    assert sizes == [-1, -2, -2, -3]


def make_model(weight):
    x = keras.Input((3,))
    features = keras.layers.Dense(4, activation="tanh")(x)
    outputs = {
        "label": keras.layers.Dense(1, name="label")(features),
        "domain": keras.layers.Dense(1, name="domain")(
            GradientReversal(weight, name="reversal")(features)
        ),
    }
    model = keras.Model(x, outputs)
    model.compile("sgd", dict.fromkeys(outputs, "mse"))
    return model


def test_the_schedule_resumes_after_save_and_load(rng, tmp_path):
    model = make_model(SigmoidRamp(10))
    x = rng.normal(size=(16, 3)).astype("float32")
    y = {name: x[:, i : i + 1] for i, name in enumerate(("label", "domain"))}
    model.fit(x, y, batch_size=4, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert int(loaded.get_layer("reversal").step) == 4
    for own in (model, loaded):
        own.fit(x, y, batch_size=4, verbose=0, shuffle=False)
    for own, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)


def test_the_dtype_is_kept():
    layer = GradientReversal(0.5, dtype="mixed_bfloat16")
    assert layer(tf.ones((2, 2))).dtype == tf.bfloat16


@given(step=st.integers(0, 10**6))
def test_power_law_by_hand(step):
    schedule = PowerLaw(0.01, 50, -0.75)
    expected = 0.01 * (1 + step / 50) ** -0.75
    assert math.isclose(float(schedule(step)), expected, rel_tol=1e-4)


@pytest.mark.parametrize("schedule", [SigmoidRamp(9, 2.0, 0.5), PowerLaw(1.0, 2, 0.5)])
def test_schedules_survive_their_config(schedule):
    again = type(schedule).from_config(schedule.get_config())
    assert [float(again(i)) for i in range(20)] == [
        float(schedule(i)) for i in range(20)
    ]


def test_schedules_of_no_steps_are_refused():
    with pytest.raises(InputError, match="num_steps is 0; expected .* 1 or above"):
        SigmoidRamp(0)
    with pytest.raises(InputError, match="unit_steps is 0; expected .* above 0"):
        PowerLaw(1.0, 0, 1.0)
