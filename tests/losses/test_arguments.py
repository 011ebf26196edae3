"""Arguments of losses that do not fit are refused, not broadcast in silence."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.errors import InputError
from keras_drnet.losses import contrasts, drnet_losses, mcnet_losses, objectives
from keras_drnet.losses.adversarial_loss_sum import AdversarialLossSum
from keras_drnet.losses.adversary_losses import ADVERSARY_LOSSES, is_right
from keras_drnet.losses.gradient_reversal import GradientReversal
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.schedules import PowerLaw, SigmoidRamp
from tests.support.adversarial_losses import column, identity_loss


def zeros(*shape):
    return tf.zeros(shape)


@pytest.mark.parametrize(
    ("loss", "count", "first"),
    [
        (drnet_losses.similarity_loss, 2, "content_1 and content_2"),
        (drnet_losses.reconstruction_loss, 2, "frames and reconstructions"),
        (drnet_losses.steadiness_loss, 4, "before and pose and after and other"),
        (drnet_losses.pose_prediction_loss, 2, "poses and predicted_poses"),
        (mcnet_losses.frame_prediction_loss, 2, "frames and predictions"),
        (mcnet_losses.gradient_difference_loss, 2, "frames and predictions"),
    ],
)
@pytest.mark.parametrize("other", [(1, 4, 4, 1), (2, 4, 4), (2, 4, 4, 3)])
def test_a_loss_is_of_equal_shapes(loss, count, first, other):
    equal = [zeros(2, 4, 4, 1)] * count
    assert loss(*equal) == 0
    with pytest.raises(InputError, match=f"shapes of {first} are .*; expected the sam"):
        loss(*equal[1:], zeros(*other))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((4, 1, 2), "are of 1 part; expected at least 2"),
        ((4, 2), r"shape of positions is \(4, 2\); expected \[B, K, 2\]"),
        ((4, 2, 3), "expected"),
    ],
)
def test_correlations_are_of_several_parts(shape, message):
    with pytest.raises(InputError, match=message):
        drnet_losses.decorrelation_loss(zeros(*shape))


@pytest.mark.parametrize(
    "error",
    [
        *ADVERSARY_LOSSES.values(),
        is_right,
        lambda outputs, labels: objectives.logit_difference(None, outputs, labels),
    ],
)
@pytest.mark.parametrize("shapes", [((3, 2), (3, 1)), ((3, 1), (3,)), ((1, 1), (3, 1))])
def test_outputs_have_the_shape_of_their_labels(error, shapes):
    outputs, labels = (zeros(*shape) for shape in shapes)
    with pytest.raises(InputError, match="of outputs and labels are .* an output for"):
        error(outputs, labels)


@pytest.mark.parametrize(
    ("num_groups", "num_outputs"), [(2, 2), (3, 1), (3, 2), ((2, 2), 2)]
)
@pytest.mark.parametrize("objective", sorted(objectives.OBJECTIVES))
def test_an_adversary_has_the_outputs_of_its_contrast(
    num_groups, num_outputs, objective
):
    contrast = GroupLabels(num_groups)
    loss, features = identity_loss(contrast, objective=objective), zeros(4, num_outputs)
    group = np.zeros((4, len(contrast.sizes)), int)
    for method in (loss.discriminator_loss, loss.encoder_loss, loss.accuracy):
        with pytest.raises(InputError, match=r"of outputs and labels are \(4, "):
            method(features, group=group)
        method(zeros(4, contrast.num_outputs), group=group)


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        ({}, {"group": [[0, 1]] * 4}, r"group is \(4, 2\); expected \[B\] or \[B, 1\]"),
        ({"num_groups": (2, 2)}, {"group": [0] * 4}, r"is \(4,\); expected \[B, 2\]"),
        ({}, {"group": [0, 1]}, "of features and group are 4 and 2"),
        (
            {"notion": "opportunity"},
            {"group": [0] * 4, "target": np.eye(4)},
            r"target is \(4, 4\); expected \[B\] or \[B, 1\]",
        ),
        (
            {"notion": "odds"},
            {"group": [0] * 4, "target": [0]},
            "of group and target are 4 and 1",
        ),
    ],
)
def test_groups_and_targets_have_their_shapes(arguments, given, message):
    contrast = GroupLabels(**arguments)
    with pytest.raises(InputError, match=message):
        contrast.adversary_examples(zeros(4, 1), **given)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_groups": 2.5}, r"num_groups is 2\.5; expected a whole number"),
        ({"num_groups": (2, 1)}, "num_groups is 1; expected at least 2"),
        ({"num_targets": 1}, "num_targets is 1; expected at least 2"),
    ],
)
def test_numbers_of_groups_are_whole(arguments, message):
    with pytest.raises(InputError, match=message):
        GroupLabels(**arguments)


def test_a_number_of_groups_may_be_numpys():
    contrast = GroupLabels(np.max([0, 2, 1]) + 1)
    assert contrast.get_config()["num_groups"] == [3]
    examples = contrast.adversary_examples(zeros(3, 1), group=[0, 2, 1])
    np.testing.assert_array_equal(examples.labels, np.eye(3)[[0, 2, 1]])


PAIR = zeros(3, 2), zeros(3, 2)


@pytest.mark.parametrize(
    ("contrast", "features", "given", "message"),
    [
        (contrasts.SamePair(), zeros(2, 3), {}, "not a tuple of two; expected two cod"),
        (contrasts.SamePair(), PAIR + PAIR, {}, "not a tuple of two"),
        (contrasts.SamePair(), (PAIR[0], zeros(1, 2)), {}, "of code_1 and code_2 are"),
        (contrasts.SamePair(), (zeros(1, 2),) * 2, {}, "one clip; expected at least 2"),
        (contrasts.PermuteDims(), zeros(3), {}, r"features is \(3,\); expected \[B, D"),
        (
            contrasts.PermuteDims(),
            zeros(3, 2),
            {"others": zeros(3, 4)},
            "of features and others are .* but for the first axis",
        ),
        (
            contrasts.PriorSample(lambda n: tf.zeros((n, 3))),
            zeros(4, 2),
            {},
            r"of features and draws are \(4, 2\) and \(4, 3\)",
        ),
        (
            contrasts.PriorSample(lambda n, label: label, conditional_prior=True),
            zeros(4, 2),
            {},
            "There is no condition; expected one, as the prior is conditional",
        ),
        (
            contrasts.JointPair(),
            (PAIR, (zeros(3, 2), zeros(3, 1))),
            {},
            "of encoded and generated are .* but for the first axis",
        ),
        (contrasts.LeaveOneOut(), zeros(3), {}, r"expected \[B, D\]"),
    ],
)
def test_a_contrast_is_of_codes_that_fit(contrast, features, given, message):
    with pytest.raises(InputError, match=message):
        contrast.adversary_examples(features, **given)


@pytest.mark.parametrize("make", [lambda w: identity_loss(weight=w), GradientReversal])
@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (-0.1, "weight is -0.1; expected a finite number, 0 or above"),
        (np.nan, "weight is nan; expected a finite number"),
        ("0.1", "weight is '0.1'; expected a number"),
    ],
)
def test_weights_are_not_negative(make, weight, message):
    with pytest.raises(InputError, match=message):
        make(weight)
    for valid in (0, np.float32(0.5), SigmoidRamp(3)):
        make(valid)


@pytest.mark.parametrize("number", [0, -1, np.nan, "2"])
def test_schedules_have_a_length(number):
    with pytest.raises(InputError, match="num_steps is"):
        SigmoidRamp(number)
    with pytest.raises(InputError, match="unit_steps is .*; expected a number above 0"):
        PowerLaw(1.0, number, 0.5)


def test_a_sum_needs_features_for_each_part():
    total = AdversarialLossSum(
        {name: identity_loss(contrasts.PermuteDims()) for name in ("label", "style")}
    )
    for method in (total.discriminator_loss, total.encoder_loss, total.accuracy):
        with pytest.raises(InputError, match=r"\['label'\]; expected \['label', 'sty"):
            method({"label": column(1, 2)})


def test_a_layer_that_is_traced_is_checked_as_well():
    """Of the sizes that a graph knows: the number of outputs, not that of examples."""
    inputs = keras.Input((2,))
    labels = keras.Input((1,))
    with pytest.raises(InputError, match=r"are \(None, 2\) and \(None, 1\)"):
        ADVERSARY_LOSSES["cross_entropy"](inputs, labels)
