"""Contrasts: the examples, labels and weights that they make."""

import keras
import numpy as np
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.losses import contrasts
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from tests.support.adversarial_losses import column
from tests.support.system_contract import mlp


def test_same_pair_contrasts_one_clip_with_its_neighbor():
    pair = column(1, 2, 3), column(10, 20, 30)
    examples = contrasts.SamePair().adversary_examples(pair)
    np.testing.assert_array_equal(examples.inputs[0][:, 0], [1, 2, 3, 1, 2, 3])
    np.testing.assert_array_equal(examples.inputs[1][:, 0], [10, 20, 30, 30, 10, 20])
    np.testing.assert_array_equal(examples.labels[:, 0], [1, 1, 1, 0, 0, 0])


def test_only_the_first_code_of_a_pair_has_a_gradient(rng):
    codes = [tf.Variable(rng.normal(size=(4, 2))) for _ in range(2)]
    with tf.GradientTape() as tape:
        examples = contrasts.SamePair().feature_examples(codes)
        loss = tf.reduce_sum(examples.inputs[0] * examples.inputs[1])
    own, other = tape.gradient(loss, codes)
    np.testing.assert_array_equal(own, codes[1])
    assert other is None


@given(num=st.integers(1, 30), dim=st.integers(1, 5), seed=st.integers(0, 99))
def test_permuted_codes_keep_their_marginals(num, dim, seed):
    codes = np.random.default_rng(seed).normal(size=(num, dim)).astype(np.float32)
    permuted = np.array(contrasts.permute_dims(codes, seed=seed))
    np.testing.assert_array_equal(np.sort(permuted, axis=0), np.sort(codes, axis=0))


def test_permuted_codes_are_independent():
    shared = np.random.default_rng(0).normal(size=(4000, 1)).astype(np.float32)
    permuted = np.array(contrasts.permute_dims(np.tile(shared, (1, 3)), seed=0))
    off_diagonal = np.corrcoef(permuted.T)[np.triu_indices(3, 1)]
    assert np.all(np.abs(off_diagonal) < 0.06)


def test_labels_of_leave_one_out_have_a_gradient():
    codes = tf.Variable([[0.25, 0.5]])
    loss = AdversarialLoss(
        keras.layers.Reshape((2, 1)),
        contrasts.LeaveOneOut(),
        adversary_loss="squared_error",
    )
    assert loss.discriminator_loss(codes) == 0
    with tf.GradientTape() as tape:
        examples = loss.contrast.feature_examples(codes)
        value = tf.reduce_sum(examples.labels)
    np.testing.assert_array_equal(tape.gradient(value, codes), [[1, 1]])


def test_joint_pairs_have_a_gradient_for_both_sides(rng):
    parts = [tf.Variable(column(*rng.normal(size=3))) for _ in range(4)]
    loss = AdversarialLoss(
        keras.layers.Concatenate(), contrasts.JointPair(), objective="flipped_labels"
    )
    loss.adversary = keras.Sequential([loss.adversary, mlp(2, 1)])
    with tf.GradientTape(persistent=True) as tape:
        pairs = ((parts[0], parts[1]), (parts[2], parts[3]))
        examples = loss.contrast.adversary_examples(pairs)
        value = loss.encoder_loss(pairs)
    np.testing.assert_array_equal(examples.labels[:, 0], [1, 1, 1, 0, 0, 0])
    assert all(np.all(g != 0) for g in tape.gradient(value, parts))
