"""The scene discriminator, and poses that would hide from it by being small."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import SamePair
from keras_drnet.models.batch_standardization import BatchStandardization
from keras_drnet.models.networks import build_networks
from keras_drnet.models.scene_discriminator import build_scene_discriminator

SMALL = 1e-3


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**31 - 1),
    scale=st.floats(0.01, 100),
    offset=st.floats(-10, 10),
)
def test_what_is_standardized_has_mean_0_and_variance_1_at_any_scale(
    seed, scale, offset
):
    features = np.random.default_rng(seed).normal(offset, scale, (64, 3))
    expected = (features - features.mean(0)) / features.std(0)
    result = to_numpy(BatchStandardization()(features.astype("float32")))
    np.testing.assert_allclose(result, expected, atol=5e-3)


def test_what_does_not_vary_is_0_and_so_is_its_gradient():
    features = tf.Variable([[3.0, 1.0], [3.0, -1.0]])
    with tf.GradientTape() as tape:
        result = BatchStandardization()(features)
        total = tf.reduce_sum(result[:, 0])
    np.testing.assert_allclose(result, [[0, 1], [0, -1]], atol=1e-6)
    np.testing.assert_array_equal(tape.gradient(total, features)[:, 0], [0, 0])


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_standardized_pairs_are_judged_alike_at_any_scale(dtype):
    judge = build_scene_discriminator(4, standardize=True, dtype=dtype)
    pair = np.random.default_rng(0).normal(size=(2, 32, 4)).astype("float32")
    np.testing.assert_allclose(
        judge(list(pair)), judge(list(SMALL * pair)), rtol=0.02, atol=1e-5
    )


@pytest.mark.parametrize("standardize", [False, True])
def test_poses_that_are_small_hide_from_raw_pairs_only(standardize):
    keras.utils.set_random_seed(0)
    scene_loss = AdversarialLoss(
        build_scene_discriminator(4, 64, standardize=standardize), SamePair()
    )
    variables = scene_loss.adversary.trainable_variables
    optimizer = keras.optimizers.Adam(2e-3)
    # Clips that anyone could tell apart: both poses of one are the same.
    poses = SMALL * tf.random.stateless_uniform((16, 4), seed=(0, 0), minval=-1.0)
    for _ in range(100):
        with tf.GradientTape() as tape:
            loss = scene_loss.discriminator_loss((poses, poses))
        optimizer.apply(tape.gradient(loss, variables), variables)
    accuracy = scene_loss.accuracy((poses, poses))
    assert accuracy > 0.9 if standardize else accuracy < 0.7


def test_a_configuration_says_whether_pairs_are_standardized(tiny):
    for standardize in (False, True):
        config = tiny.with_overrides([f"model.standardize_pairs={standardize}"])
        judge = build_networks(config).scene_discriminator
        layers = [type(layer) for layer in judge.layers]
        assert (BatchStandardization in layers) == standardize
        copy = keras.Model.from_config(judge.get_config())
        assert [type(layer) for layer in copy.layers] == layers
