"""The adversarial loss as a whole: isolation of gradients, saving, wrong names."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from keras_drnet.errors import InputError
from keras_drnet.losses import contrasts
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.adversary_losses import ADVERSARY_LOSSES
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support.adversarial_losses import identity_loss
from tests.support.system_contract import mlp


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
@pytest.mark.parametrize("adversary_loss", sorted(ADVERSARY_LOSSES))
def test_each_loss_has_gradients_for_its_own_variables(objective, adversary_loss, rng):
    encoder, adversary = mlp(3, 2), mlp(2, 1)
    loss = AdversarialLoss(
        adversary,
        GroupLabels(),
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


def test_a_condition_has_no_gradient(rng):
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


def test_a_weight_follows_the_optimizers_step():
    loss = identity_loss(weight=SigmoidRamp(100))
    values = [float(loss.weight_at(step)) for step in (0, 50, 100, 500)]
    expected = [2 / (1 + math.exp(-10 * p)) - 1 for p in (0, 0.5, 1, 1)]
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-7)
    assert identity_loss(weight=0.3).weight_at(7) == 0.3


@pytest.mark.parametrize(
    "contrast",
    [
        GroupLabels((2, 3), notion="odds", num_targets=4, balanced=True),
        contrasts.SamePair(),
        contrasts.PermuteDims(),
        contrasts.JointPair(),
        contrasts.LeaveOneOut(),
    ],
    ids=lambda contrast: type(contrast).__name__,
)
def test_a_loss_survives_its_config(contrast):
    loss = AdversarialLoss(
        mlp(2, 3),
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
def test_an_unknown_name_is_refused_with_the_valid_ones(arguments, message):
    with pytest.raises(InputError, match=message):
        identity_loss(**arguments)
