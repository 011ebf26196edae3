"""Contrasts: the examples, labels and weights that they make."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.errors import InputError
from keras_drnet.losses import contrasts
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from tests.support.adversarial_losses import column, identity_loss
from tests.support.system_contract import mlp


def test_a_notion_of_fairness_decides_what_the_adversary_sees():
    features, given_ = (
        column(1, 2, 3, 4),
        {"group": [[0], [1], [1], [1]], "target": [0, 1, 1, 0]},
    )
    parity = contrasts.GroupLabels().adversary_examples(features, **given_)
    assert parity.inputs is features and parity.weights is None
    np.testing.assert_array_equal(parity.labels, column(0, 1, 1, 1))
    odds = contrasts.GroupLabels(notion="odds").adversary_examples(features, **given_)
    np.testing.assert_array_equal(odds.inputs[1], np.eye(2)[[0, 1, 1, 0]])
    chance = contrasts.GroupLabels(notion="opportunity")
    weights = chance.adversary_examples(features, **given_).weights
    np.testing.assert_array_equal(weights, [0, 1, 1, 0])


@pytest.mark.parametrize("notion", contrasts.NOTIONS)
def test_balanced_groups_weigh_the_same(notion, rng):
    """The mean of the errors is that over groups of their own means, by hand."""
    logits = tf.constant(rng.normal(size=(40, 1)), tf.float32)
    group, target = rng.integers(0, 2, 40), rng.integers(0, 2, 40)
    loss = AdversarialLoss(
        _First(),
        contrasts.GroupLabels(notion=notion, balanced=True),
        adversary_loss="absolute_error",
    )
    errors = np.abs(1 / (1 + np.exp(-logits[:, 0])) - group)
    targets = {"parity": [None], "odds": [0, 1], "opportunity": [1]}[notion]
    cells = [
        errors[(group == g) & (target == t if t is not None else True)].mean()
        for g, t in itertools.product((0, 1), targets)
    ]
    actual = loss.discriminator_loss(logits, group=group, target=target)
    np.testing.assert_allclose(actual, np.mean(cells), rtol=1e-5)


class _First(keras.layers.Layer):
    """Passes the features on, whatever comes with them."""

    def call(self, inputs):
        return inputs[0] if isinstance(inputs, (tuple, list)) else inputs


def test_the_loss_is_zero_for_a_batch_without_weighted_examples():
    loss = identity_loss(contrasts.GroupLabels(notion="opportunity"))
    assert loss.discriminator_loss(column(3, 4), group=[0, 1], target=[0, 0]) == 0


def test_groups_of_several_attributes_are_their_combinations():
    contrast = contrasts.GroupLabels((2, 3))
    assert contrast.num_groups == contrast.num_outputs == 6
    group = [[a, b] for a in range(2) for b in range(3)]
    examples = contrast.adversary_examples(tf.zeros((6, 1)), group=group)
    np.testing.assert_array_equal(examples.labels, np.eye(6))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"notion": "justice"}, "Unknown notion 'justice'; expected one of"),
        ({"num_groups": 1}, "expected at least 2"),
        ({"num_groups": ()}, "expected at least 2"),
    ],
)
def test_invalid_groups_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        contrasts.GroupLabels(**arguments)


def test_a_missing_target_is_named():
    contrast = contrasts.GroupLabels(notion="odds")
    with pytest.raises(InputError, match="needs the target"):
        contrast.adversary_examples(column(1, 2), group=[0, 1])


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
