"""Layers with fast forms: their numbers and gradients are those of Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.models import tensorflow_kernels
from keras_drnet.models.layers import (
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    LeakyReLU,
)

SHAPE = (2, 8, 8, 3)


def whole_numbers(rng, shape, dtype="bfloat16"):
    """Returns -1, 0 and 1, whose sums of products bfloat16 holds without rounding."""
    return tf.constant(rng.integers(-1, 2, shape), dtype)


def run(layer, weights, x, rng, **kwargs):
    """Returns outputs and the gradients of the inputs and of all trainable weights."""
    if not layer.built:
        layer.build(x.shape)
    layer.set_weights(weights)
    variables = layer.trainable_variables
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x, **kwargs)
    change = whole_numbers(rng, outputs.shape, outputs.dtype)
    return [outputs, *tape.gradient(outputs, [x, *variables], change)]


def assert_as_keras(layer, x, seed=0, **kwargs):
    """Asserts that a layer computes what Keras' layer of the same name does."""
    keras_class = getattr(keras.layers, type(layer).__name__)
    reference = keras_class.from_config(layer.get_config())
    reference.build(x.shape)
    rng = np.random.default_rng(seed)
    weights = [np.sign(rng.normal(size=w.shape)) for w in reference.get_weights()]
    actual, expected = (
        run(each, weights, x, np.random.default_rng(seed), **kwargs)
        for each in (layer, reference)
    )
    for a, b in zip(actual, expected, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(tf.cast(a, "float64"), tf.cast(b, "float64"), 1e-5)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize(
    "layer",
    [
        (Conv2D, 5, 8, {}),
        (Conv2D, 5, 4, {"strides": 2, "padding": "same"}),
        (Conv2D, 5, 3, {"padding": "same"}),
        (Conv2DTranspose, 5, 4, {"strides": 2, "padding": "same"}),
        (Conv2DTranspose, 5, 3, {"padding": "same"}),
    ],
    ids=lambda layer: f"{layer[0].__name__}{layer[2]}",
)
def test_convolutions_and_their_gradients(layer, dtype, rng):
    make, filters, kernel_size, options = layer
    layer = make(filters, kernel_size, dtype=dtype, **options)
    assert_as_keras(layer, whole_numbers(rng, SHAPE, layer.compute_dtype))


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_a_map_from_a_code(dtype, rng):
    layer = Conv2DTranspose(5, 4, dtype=dtype)
    assert_as_keras(layer, whole_numbers(rng, (2, 1, 1, 3), layer.compute_dtype))


def test_the_gradient_by_products_is_taken(rng, monkeypatch):
    taken = []
    for name in ("halve_side", "double_side"):
        form = getattr(tensorflow_kernels, name)
        monkeypatch.setattr(
            tensorflow_kernels,
            name,
            lambda *maps, form=form: taken.append(form) or form(*maps),
        )
    for make in (Conv2D, Conv2DTranspose):
        layer = make(5, 4, strides=2, padding="same", dtype="mixed_bfloat16")
        assert_as_keras(layer, whole_numbers(rng, SHAPE))
    assert len(set(taken)) == 2


@pytest.mark.parametrize("shape", [SHAPE, (4, 1, 1, 3), (8, 3)])
@pytest.mark.parametrize("training", [True, False])
def test_batch_normalization_and_its_gradients(shape, training, rng):
    x = tf.constant(rng.normal(size=shape), "float32")
    ours = BatchNormalization(momentum=0.9, epsilon=1e-5)
    theirs = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
    theirs.build(shape)
    weights = [rng.uniform(0.5, 2, size=w.shape) for w in theirs.get_weights()]
    for a, b in zip(
        run(ours, weights, x, np.random.default_rng(0), training=training),
        run(theirs, weights, x, np.random.default_rng(0), training=training),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


@pytest.mark.parametrize("num_channels", [3, 16])
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_batch_normalization_of_half_precision(policy, num_channels, rng):
    x = rng.normal(3, 2, size=(8, 4, 4, num_channels)).astype("float32")
    layer = BatchNormalization(momentum=0.0, dtype=policy)
    outputs = layer(x, training=True)
    assert outputs.dtype == layer.compute_dtype
    np.testing.assert_allclose(
        tf.cast(outputs, "float32"),
        (x - x.mean((0, 1, 2))) / x.std((0, 1, 2)),
        atol=0.02,
    )
    np.testing.assert_allclose(layer.moving_variance, x.var((0, 1, 2)), rtol=0.01)


def test_a_frozen_batch_normalization_keeps_its_statistics(rng):
    layer = BatchNormalization()
    layer.build(SHAPE)
    layer.trainable = False
    x = tf.constant(rng.normal(size=SHAPE), "float32")
    np.testing.assert_allclose(layer(x, training=True), layer(x), rtol=1e-6)
    np.testing.assert_array_equal(layer.moving_mean, np.zeros(3))


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_leaky_relu_and_its_gradient(dtype, rng):
    layer = LeakyReLU(0.25, dtype=dtype)
    assert_as_keras(layer, whole_numbers(rng, SHAPE, layer.compute_dtype))
