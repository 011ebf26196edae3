"""The adversarial loss and its parts: closed forms, gradients, isolation, saving."""

import itertools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from keras_drnet.errors import InputError
from keras_drnet.losses import contrasts
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.adversary_losses import (
    ADVERSARY_LOSSES,
    absolute_error,
    cross_entropy,
    is_right,
    squared_error,
)
from keras_drnet.losses.objectives import OBJECTIVES, logit_difference, project
from keras_drnet.losses.schedules import SigmoidRamp

LOGITS = st.floats(-20, 20)
VECTORS = st.lists(st.floats(-5, 5), min_size=5, max_size=5)


def column(*values):
    return tf.constant([[float(value)] for value in values])


def identity_loss(contrast=None, **kwargs):
    """A loss whose adversary passes its input on: features are its outputs."""
    return AdversarialLoss(
        keras.layers.Identity(), contrast or contrasts.GroupLabels(), **kwargs
    )


def dense(inputs, outputs, *, seed=0, name=None):
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(
                outputs,
                kernel_initializer=keras.initializers.RandomNormal(1, seed=seed),
            ),
        ],
        name=name,
    )


@given(LOGITS, st.floats(0, 1))
def test_cross_entropy_of_one_logit(logit, label):
    probability = 1 / (1 + math.exp(-logit))
    expected = -label * math.log(probability) - (1 - label) * math.log1p(-probability)
    actual = float(cross_entropy(column(logit), column(label))[0])
    assert math.isclose(actual, expected, rel_tol=1e-3, abs_tol=1e-5)


def test_two_logits_are_one_by_their_difference(rng):
    logits, labels = rng.normal(size=(6, 2)), np.eye(2)[[0, 1, 1, 0, 1, 0]]
    one = np.diff(logits, axis=1), labels[:, 1:]
    for error in (cross_entropy, absolute_error, is_right):
        np.testing.assert_allclose(error(logits, labels), error(*one), atol=1e-6)
    difference = [
        logit_difference(cross_entropy, *map(tf.constant, pair))
        for pair in ((logits, labels), one)
    ]
    np.testing.assert_allclose(*difference, atol=1e-6)


def test_errors_that_are_not_cross_entropies():
    np.testing.assert_allclose(squared_error(column(3), column(1)), [4])
    np.testing.assert_allclose(
        absolute_error(column(0, math.log(3)), column(1, 0)), [0.5, 0.75], rtol=1e-6
    )
    logits = tf.math.log([[0.2, 0.3, 0.5]])
    np.testing.assert_allclose(absolute_error(logits, [[0, 0, 1]]), [0.5], rtol=1e-6)


@pytest.mark.parametrize(
    ("objective", "size"),
    [
        ("gradient_reversal", 0.018),
        ("projection", 0.018),
        ("uniform_target", 0.482),
        ("flipped_labels", 0.982),
        ("logit_difference", 1.0),
    ],
)
@pytest.mark.parametrize("label", [0, 1])
def test_gradient_at_a_sure_and_right_adversary(objective, size, label):
    logit = tf.Variable(column(8 * label - 4))
    loss = identity_loss(objective=objective)
    with tf.GradientTape() as tape:
        error = loss.encoder_loss(logit, group=[label])
    gradient = float(tape.gradient(error, logit)[0, 0])
    # Away from what the adversary is sure of.
    assert math.isclose(gradient, (2 * label - 1) * size, rel_tol=0.01)


@given(st.lists(LOGITS, min_size=4, max_size=4))
def test_several_groups_have_their_closed_forms(logits):
    log_p = np.array(logits) - np.log(np.sum(np.exp(logits)))
    odds = log_p[2] - np.log(np.maximum(-np.expm1(log_p[2]), 1e-30))
    expected = {
        "gradient_reversal": log_p[2],
        "flipped_labels": -(log_p.sum() - log_p[2]) / 3,
        "uniform_target": -log_p.mean(),
        "logit_difference": odds,
    }
    for objective, value in expected.items():
        loss = identity_loss(contrasts.GroupLabels(4), objective=objective)
        actual = float(loss.encoder_loss(tf.constant([logits]), group=[2]))
        if abs(value) < 12:  # Beyond, float32 rounds 1 - p.
            assert math.isclose(actual, value, rel_tol=1e-3, abs_tol=1e-4), objective


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
@pytest.mark.parametrize("adversary_loss", sorted(ADVERSARY_LOSSES))
def test_each_player_moves_its_own(objective, adversary_loss, rng):
    encoder, adversary = dense(3, 2), dense(2, 1, seed=1)
    loss = AdversarialLoss(
        adversary,
        contrasts.GroupLabels(),
        adversary_loss=adversary_loss,
        objective=objective,
    )
    x, group = tf.constant(rng.normal(size=(8, 3)), tf.float32), [0, 1, 1, 1] * 2
    with tf.GradientTape(persistent=True) as tape:
        features = encoder(x)
        discrimination = loss.discriminator_loss(features, group=group)
        deception = loss.encoder_loss(features, group=group)
    assert tape.gradient(discrimination, encoder.trainable_variables) == [None, None]
    for own in (
        tape.gradient(discrimination, adversary.trainable_variables),
        tape.gradient(deception, encoder.trainable_variables),
    ):
        assert all(np.any(gradient != 0) for gradient in own)


def test_nor_does_a_condition_learn_from_the_adversary(rng):
    codes, condition = tf.Variable(rng.normal(size=(4, 2))), tf.Variable([[1.0]] * 4)

    class Both(keras.layers.Layer):
        def call(self, inputs):
            return ops.sum(inputs[0], axis=-1, keepdims=True) * inputs[1]

    loss = AdversarialLoss(
        Both(), contrasts.PriorSample(lambda n: keras.random.normal((n, 2)))
    )
    with tf.GradientTape(persistent=True) as tape:
        given_ = tf.cast(codes, tf.float32), 2.0 * condition
        values = [
            method(given_[0], condition=given_[1])
            for method in (loss.discriminator_loss, loss.encoder_loss)
        ]
    assert tape.gradient(values[0], [codes, condition]) == [None, None]
    own, other = tape.gradient(values[1], [codes, condition])
    assert np.any(own != 0) and other is None


def test_notions_of_fairness_are_what_the_adversary_sees():
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


def test_a_batch_without_an_example_that_counts_has_no_loss():
    loss = identity_loss(contrasts.GroupLabels(notion="opportunity"))
    assert loss.discriminator_loss(column(3, 4), group=[0, 1], target=[0, 0]) == 0


def test_several_attributes_are_the_groups_of_all_combinations():
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
def test_groups_that_cannot_be_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        contrasts.GroupLabels(**arguments)


def test_a_notion_that_needs_the_target_says_so():
    contrast = contrasts.GroupLabels(notion="odds")
    with pytest.raises(InputError, match="needs the target"):
        contrast.adversary_examples(column(1, 2), group=[0, 1])


def test_pairs_are_of_one_clip_and_of_neighbors():
    pair = column(1, 2, 3), column(10, 20, 30)
    examples = contrasts.SamePair().adversary_examples(pair)
    np.testing.assert_array_equal(examples.inputs[0][:, 0], [1, 2, 3, 1, 2, 3])
    np.testing.assert_array_equal(examples.inputs[1][:, 0], [10, 20, 30, 30, 10, 20])
    np.testing.assert_array_equal(examples.labels[:, 0], [1, 1, 1, 0, 0, 0])


def test_only_the_first_code_of_a_pair_learns(rng):
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


def test_codes_left_one_out_are_labels_that_learn():
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


def test_joint_pairs_teach_both_sides(rng):
    parts = [tf.Variable(column(*rng.normal(size=3))) for _ in range(4)]
    loss = AdversarialLoss(
        keras.layers.Concatenate(), contrasts.JointPair(), objective="flipped_labels"
    )
    loss.adversary = keras.Sequential([loss.adversary, dense(2, 1)])
    with tf.GradientTape(persistent=True) as tape:
        pairs = ((parts[0], parts[1]), (parts[2], parts[3]))
        examples = loss.contrast.adversary_examples(pairs)
        value = loss.encoder_loss(pairs)
    np.testing.assert_array_equal(examples.labels[:, 0], [1, 1, 1, 0, 0, 0])
    assert all(np.all(g != 0) for g in tape.gradient(value, parts))


@given(task=VECTORS, adversarial=VECTORS, by_variable=st.booleans())
def test_a_projected_gradient_does_not_help_the_adversary(
    task, adversarial, by_variable
):
    """What is left of the task's gradient is orthogonal to the adversary's."""
    split = [2, 3]
    tasks, others = (tf.split(tf.constant(v), split) for v in (task, adversarial))
    combined = project(tasks, others, by_variable=by_variable)
    rest = [
        np.float64(c) - np.float64(a) for c, a in zip(combined, others, strict=True)
    ]
    products = [float(tf.reduce_sum(r * a)) for r, a in zip(rest, others, strict=True)]
    for product in products if by_variable else [sum(products)]:
        assert abs(product) < 1e-3


def test_projection_by_hand_leaves_what_the_adversary_does_not_reach():
    task = [tf.constant([3.0, 4.0]), tf.constant([7.0])]
    np.testing.assert_allclose(
        np.concatenate(project(task, [tf.constant([2.0, 0.0]), None])), [2, 4, 7]
    )


def test_gradients_of_features_are_those_of_the_sum_or_projected():
    x = tf.Variable([3.0, 4.0])
    for objective, expected in (("gradient_reversal", [5, 4]), ("projection", [2, 4])):
        with tf.GradientTape(persistent=True) as tape:
            task, adversarial = tf.reduce_sum(x * [3.0, 4.0]), 2.0 * x[0]
        loss = identity_loss(objective=objective)
        (gradient,) = loss.feature_gradients(tape, task, adversarial, [x])
        np.testing.assert_allclose(gradient, expected)


def test_a_weight_follows_the_optimizers_step():
    loss = identity_loss(weight=SigmoidRamp(100))
    values = [float(loss.weight_at(step)) for step in (0, 50, 100, 500)]
    expected = [2 / (1 + math.exp(-10 * p)) - 1 for p in (0, 0.5, 1, 1)]
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-7)
    assert identity_loss(weight=0.3).weight_at(7) == 0.3


@pytest.mark.parametrize(
    "contrast",
    [
        contrasts.GroupLabels((2, 3), notion="odds", num_targets=4, balanced=True),
        contrasts.SamePair(),
        contrasts.PermuteDims(),
        contrasts.JointPair(),
        contrasts.LeaveOneOut(),
    ],
    ids=lambda contrast: type(contrast).__name__,
)
def test_a_loss_comes_back_from_its_config(contrast):
    loss = AdversarialLoss(
        dense(2, 3),
        contrast,
        adversary_loss="squared_error",
        objective="uniform_target",
        weight=SigmoidRamp(7, gamma=3.0, limit=0.5),
    )
    again = AdversarialLoss.from_config(loss.get_config())
    assert again.get_config() == loss.get_config()
    assert again.contrast.get_config() == contrast.get_config()
    assert again.weight_at(3) == loss.weight_at(3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"objective": "uniform"}, "Unknown objective 'uniform'.*'uniform_target'"),
        ({"adversary_loss": "crossentropy"}, "Unknown adversary loss.*'cross_entropy'"),
    ],
)
def test_wrong_names_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        identity_loss(**arguments)
