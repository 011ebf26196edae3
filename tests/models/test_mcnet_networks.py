"""MCNet's networks: their parts against slow loops, their sizes, and saving them."""

import itertools

import keras
import numpy as np
import pytest

from keras_drnet.config.presets import PRESETS
from keras_drnet.models.conv_lstm import conv_lstm
from keras_drnet.models.frame_discriminator import EPSILON, BatchStatisticsNorm
from keras_drnet.models.mcnet_networks import ZeroUnpooling, build_mcnet_networks

NAMES = ("motion_encoder", "frame_generator", "frame_discriminator")


@pytest.fixture(scope="module")
def config():
    return PRESETS["tiny"]().with_overrides(
        ["method=mcnet", "data.num_past=3", "mcnet.num_future=2"]
    )


@pytest.fixture(scope="module")
def networks(config):
    return build_mcnet_networks(config)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def conv_loops(x, kernel):
    """A convolution with zeros around the map, one output value at a time."""
    height, width, _ = x.shape
    out = np.zeros((height, width, kernel.shape[-1]))
    for y, x0, i, j in np.ndindex(height, width, *kernel.shape[:2]):
        row, column = y + i - kernel.shape[0] // 2, x0 + j - kernel.shape[1] // 2
        if 0 <= row < height and 0 <= column < width:
            out[y, x0] += x[row, column] @ kernel[i, j]
    return out


def test_conv_lstm_is_the_lstm_of_every_place(rng):
    shapes = ((4, 5, 2), (4, 5, 3), (4, 5, 3))
    x, *state = (keras.Input(shape) for shape in shapes)
    cell = keras.Model((x, state), conv_lstm(x, state, 3, dtype="float32", name="lstm"))
    kernel, bias = rng.normal(size=(3, 3, 5, 12)), rng.normal(size=12)
    cell.set_weights([kernel, bias])
    x, hidden, carry = (rng.normal(size=(2, *shape)) for shape in shapes)
    next_hidden, next_carry = cell((x, [hidden, carry]))
    for b in range(2):
        gates = conv_loops(np.concatenate([x[b], hidden[b]], axis=-1), kernel) + bias
        enter, new, forget, leave = np.split(gates, 4, axis=-1)
        expected = carry[b] * sigmoid(forget + 1) + sigmoid(enter) * np.tanh(new)
        np.testing.assert_allclose(next_carry[b], expected, rtol=1e-4, atol=1e-5)
        expected = np.tanh(expected) * sigmoid(leave)
        np.testing.assert_allclose(next_hidden[b], expected, rtol=1e-4, atol=1e-5)


def test_unpooling_puts_each_value_at_the_top_left_of_four(rng):
    x = rng.normal(size=(2, 3, 5, 4)).astype("float32")
    expected = np.zeros((2, 6, 10, 4))
    for b, y, x0, c in np.ndindex(*x.shape):
        expected[b, 2 * y, 2 * x0, c] = x[b, y, x0, c]
    np.testing.assert_array_equal(ZeroUnpooling()(x), expected)


@pytest.mark.parametrize("training", [False, True])
def test_discriminator_normalises_by_its_batch_and_keeps_nothing(rng, training):
    layer = BatchStatisticsNorm()
    x = rng.normal(2, 3, size=(4, 5, 6, 7)).astype("float32")
    layer.build(x.shape)
    scale, offset = rng.normal(size=(2, 7))
    layer.scale.assign(scale)
    layer.offset.assign(offset)
    before = layer.get_weights()
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    expected = (x - mean) / np.sqrt(variance + EPSILON) * scale + offset
    np.testing.assert_allclose(
        layer(x, training=training), expected, rtol=1e-4, atol=1e-5
    )
    for own, other in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(own, other)
    assert not layer.non_trainable_variables


def conv_parameters(inputs, widths, kernel_size):
    chain = itertools.pairwise([inputs, *widths])
    return sum(a * b * kernel_size**2 + b for a, b in chain)


def test_has_the_parameters_of_the_authors_networks(config):
    networks = build_mcnet_networks(
        config.with_overrides(
            [
                "model.num_filters=64",
                "data.image_size=128",
                "data.num_channels=1",
                "data.clip_length=20",
                "data.num_past=10",
                "mcnet.num_future=10",
            ]
        )
    )
    motion = (
        conv_parameters(1, [64, 128], 5)
        + conv_parameters(128, [256], 7)
        + conv_parameters(512, [1024], 3)
    )
    residuals = sum(conv_parameters(2 * f, [f, f], 3) for f in (64, 128, 256))
    generator = residuals + sum(
        conv_parameters(inputs, widths, 3)
        for inputs, widths in (
            (1, [64, 64, 128, 128, 256, 256, 256]),
            (512, [256, 128, 256]),
            (256, [256, 256, 128, 128, 64, 64, 1]),
        )
    )
    discriminator = (
        conv_parameters(20, [64, 128, 256, 512], 5)
        + 2 * (128 + 256 + 512)
        + 8 * 8 * 512
        + 1
    )
    assert networks.motion_encoder.count_params() == motion
    assert networks.frame_generator.count_params() == generator
    assert networks.frame_discriminator.count_params() == discriminator


def test_kernels_are_glorots(config):
    generator = build_mcnet_networks(
        config.with_overrides(["model.num_filters=16"])
    ).frame_generator
    kernel = np.array(generator.get_layer("combination1").kernel)
    limit = np.sqrt(6 / (9 * (128 + 64)))
    assert 0.98 * limit < np.abs(kernel).max() <= limit
    assert np.isclose(kernel.std(), limit / np.sqrt(3), rtol=0.02)
    assert not np.any(generator.get_layer("combination1").bias)


def test_maps_are_those_before_pooling(networks, rng):
    difference = rng.uniform(-1, 1, size=(2, 32, 32, 1)).astype("float32")
    zeros = np.zeros((2, 4, 4, 16), np.float32)
    motion, maps, (hidden, carry) = networks.motion_encoder(
        (difference, (zeros, zeros))
    )
    assert [m.shape for m in maps] == [(2, 32, 32, 4), (2, 16, 16, 8), (2, 8, 8, 16)]
    assert carry.shape == (2, 4, 4, 16)
    np.testing.assert_array_equal(motion, hidden)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_network_is_the_same(networks, rng, tmp_path, name):
    network = getattr(networks, name)
    network.save(tmp_path / "network.keras")
    copy = keras.saving.load_model(tmp_path / "network.keras")
    inputs = keras.tree.map_structure(
        lambda x: rng.uniform(size=(2, *x.shape[1:])).astype("float32"), network.input
    )
    for a, b in zip(
        keras.tree.flatten(network(inputs)),
        keras.tree.flatten(copy(inputs)),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)
