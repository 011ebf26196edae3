"""Gradient rules: by hand, the property of a projection, choosing and saving one."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.adversarial_loss_sum import AdversarialLossSum
from keras_drnet.losses.contrasts import PermuteDims
from keras_drnet.losses.gradient_rules import GRADIENT_RULES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support.adversarial_losses import column, identity_loss

PROJECTIONS = ("projection", "projection_by_variable")
VECTORS = st.lists(st.floats(-5, 5), min_size=5, max_size=5)


def combine(rule, task_gradients, adversarial_gradients):
    """Returns what a rule makes of losses with these gradients, `None` for no loss."""
    variables = [tf.Variable(tf.zeros_like(g)) for g in task_gradients]
    with tf.GradientTape(persistent=True) as tape:
        losses = [
            sum(
                tf.reduce_sum(v * g)
                for v, g in zip(variables, gradients, strict=True)
                if g is not None
            )
            for gradients in (task_gradients, adversarial_gradients)
        ]
    return GRADIENT_RULES[rule](tape, *losses, variables)


@given(task=VECTORS, adversarial=VECTORS, rule=st.sampled_from(PROJECTIONS))
def test_a_projected_gradient_does_not_help_the_adversary(task, adversarial, rule):
    """What is left of the task's gradient is orthogonal to the adversary's."""
    tasks, others = (tf.split(tf.constant(v), [2, 3]) for v in (task, adversarial))
    combined = combine(rule, tasks, others)
    rest = [
        np.float64(c) - np.float64(a) for c, a in zip(combined, others, strict=True)
    ]
    products = [float(tf.reduce_sum(r * a)) for r, a in zip(rest, others, strict=True)]
    for product in [sum(products)] if rule == "projection" else products:
        assert abs(product) < 1e-3


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("sum", [5, 4, 7, 0, 1]),
        # The adversary's part of the task's gradient is 4 / 8 of the adversary's.
        ("projection", [4, 4, 7, 0, 0]),
        # 6 / 4 of it in the first variable, and -2 / 4 in the third.
        ("projection_by_variable", [2, 4, 7, 0, 2]),
    ],
)
def test_rules_by_hand(rule, expected):
    """The adversary does not reach the second variable."""
    task = [tf.constant([3.0, 4.0]), tf.constant([7.0]), tf.constant([0.0, -1.0])]
    adversarial = [tf.constant([2.0, 0.0]), None, tf.constant([0.0, 2.0])]
    combined = combine(rule, task, adversarial)
    np.testing.assert_allclose(np.concatenate(combined), expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"objective": "gradient_reversal"}, [5, 4]),
        ({"gradient_rule": "projection"}, [2, 4]),
        ({"objective": "projection"}, [2, 4]),
    ],
)
def test_a_loss_combines_gradients_by_its_rule(arguments, expected):
    x = tf.Variable([3.0, 4.0])
    loss = identity_loss(**arguments)
    again = AdversarialLoss.from_config(loss.get_config())
    for own in (loss, again, AdversarialLossSum({"part": loss})):
        with tf.GradientTape(persistent=True) as tape:
            task, adversarial = tf.reduce_sum(x * [3.0, 4.0]), 2.0 * x[0]
        (gradient,) = own.feature_gradients(tape, task, adversarial, [x])
        np.testing.assert_allclose(gradient, expected)


@pytest.mark.parametrize("objective", ["flipped_labels", *PROJECTIONS])
def test_a_config_without_a_rule_is_read(objective):
    """Models that earlier releases saved have the objective alone."""
    loss = identity_loss(objective=objective)
    config = loss.get_config()
    assert config.pop("gradient_rule") == loss.gradient_rule
    again = AdversarialLoss.from_config(config)
    assert again.get_config() == loss.get_config()
    assert again.gradient_rule == ("sum" if objective not in PROJECTIONS else objective)


def test_an_unknown_rule_is_refused_with_the_valid_ones():
    with pytest.raises(InputError, match="Unknown gradient rule 'add'.*'projection'"):
        identity_loss(gradient_rule="add")


def test_a_sum_of_losses_may_have_several_objectives():
    total = AdversarialLossSum(
        {
            "a": identity_loss(PermuteDims(), objective="flipped_labels", weight=0.5),
            "b": identity_loss(PermuteDims(), weight=2.0),
        }
    )
    actual = total.encoder_loss({"a": column(3), "b": column(-1)})
    # Logits of the label 1, told to be 0; and minus the error at the label 1.
    expected = 0.5 * np.log1p(np.exp(3)) - 2.0 * np.log1p(np.exp(1))
    np.testing.assert_allclose(actual, expected, rtol=1e-5)


def test_a_sum_of_losses_needs_one_rule_and_weights_that_are_numbers():
    with pytest.raises(InputError, match=r"gradient rules \['projection', 'sum'\]"):
        AdversarialLossSum(
            {"a": identity_loss(objective="projection"), "b": identity_loss()}
        )
    with pytest.raises(InputError, match=r"\['b'\] are schedules"):
        AdversarialLossSum(
            {"a": identity_loss(), "b": identity_loss(weight=SigmoidRamp(2))}
        )
