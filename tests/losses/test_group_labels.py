"""The contrast of groups: notions of fairness, balance, several attributes."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import NOTIONS, GroupLabels
from tests.support.adversarial_losses import column, identity_loss


def test_a_notion_of_fairness_decides_what_the_adversary_sees():
    features, given_ = (
        column(1, 2, 3, 4),
        {"group": [[0], [1], [1], [1]], "target": [0, 1, 1, 0]},
    )
    parity = GroupLabels().adversary_examples(features, **given_)
    assert parity.inputs is features and parity.weights is None
    np.testing.assert_array_equal(parity.labels, column(0, 1, 1, 1))
    odds = GroupLabels(notion="odds").adversary_examples(features, **given_)
    np.testing.assert_array_equal(odds.inputs[1], np.eye(2)[[0, 1, 1, 0]])
    chance = GroupLabels(notion="opportunity")
    weights = chance.adversary_examples(features, **given_).weights
    np.testing.assert_array_equal(weights, [0, 1, 1, 0])


@pytest.mark.parametrize("notion", NOTIONS)
def test_balanced_groups_weigh_the_same(notion, rng):
    """The mean of the errors is that over groups of their own means, by hand."""
    logits = tf.constant(rng.normal(size=(40, 1)), tf.float32)
    group, target = rng.integers(0, 2, 40), rng.integers(0, 2, 40)
    loss = AdversarialLoss(
        _First(),
        GroupLabels(notion=notion, balanced=True),
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
    loss = identity_loss(GroupLabels(notion="opportunity"))
    assert loss.discriminator_loss(column(3, 4), group=[0, 1], target=[0, 0]) == 0


def test_groups_of_several_attributes_are_their_combinations():
    contrast = GroupLabels((2, 3))
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
        GroupLabels(**arguments)


def test_a_missing_target_is_named():
    contrast = GroupLabels(notion="odds")
    with pytest.raises(InputError, match="needs the target"):
        contrast.adversary_examples(column(1, 2), group=[0, 1])
