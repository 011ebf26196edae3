"""Arguments and batches of systems and distributions that do not fit are refused."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.distributions import gaussian, likelihoods, priors
from keras_drnet.adversarial.distributions.posteriors import (
    GaussianPosterior,
    NoiseInput,
)
from keras_drnet.adversarial.distributions.structured_posterior import (
    StructuredPosterior,
)
from keras_drnet.adversarial.systems.aae import AAE, one_hot_labels
from keras_drnet.adversarial.systems.adversarial_debiasing import (
    build_prediction_adversary,
)
from keras_drnet.adversarial.systems.avb import AVB
from keras_drnet.adversarial.systems.bigan import BiGAN
from keras_drnet.adversarial.systems.classification import (
    classification_terms,
    two_domains,
)
from keras_drnet.adversarial.systems.dann import DANN
from keras_drnet.adversarial.systems.data_driven_fairness import DataDrivenFairness
from keras_drnet.adversarial.systems.factor_vae import FactorVAE
from keras_drnet.adversarial.systems.laftr import LAFTR
from keras_drnet.adversarial.systems.predictability_minimization import (
    PredictabilityMinimization,
    leave_one_out_predictors,
)
from keras_drnet.adversarial.systems.reconstruction import reconstruction_error
from keras_drnet.adversarial.systems.semi_supervised_aae import SemiSupervisedAAE
from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.adversarial_loss_sum import AdversarialLossSum
from keras_drnet.losses.contrasts import (
    JointPair,
    LeaveOneOut,
    PermuteDims,
    PriorSample,
)
from keras_drnet.losses.group_labels import GroupLabels
from tests.support.adversarial_losses import identity_loss
from tests.support.system_contract import compiled, joined, mlp

BATCH = np.random.default_rng(0).uniform(size=(8, 6)).astype("float32")
LABELS = np.arange(8) % 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: priors.Gaussian(0), "dim is 0; expected at least 1"),
        (lambda: priors.Gaussian(2, -1.0), "scale is -1.0; expected .* 0 or above"),
        (lambda: priors.UniformCube(2.0), r"dim is 2\.0; expected a whole number"),
        (lambda: priors.Categorical(0), "num_classes is 0"),
        (
            lambda: priors.GaussianMixture([], 1.0),
            r"shape of means is \(0,\); expected",
        ),
        (
            lambda: priors.GaussianMixture([[np.nan]], 1.0),
            "Not all values of means are",
        ),
        (lambda: priors.GaussianMixture([[0]], -1), "scale is -1"),
        (lambda: priors.GaussianMixture.ring(0), "num_components is 0"),
        (lambda: priors.GaussianMixture.grid(0), "num_rows is 0"),
        (lambda: priors.SwissRoll(0), "num_labels is 0"),
        (
            lambda: priors.SwissRoll(num_turns=0),
            "num_turns is 0; expected a number abo",
        ),
        (
            lambda: priors.SwissRoll(radius=-1),
            "radius is -1; expected a number above 0",
        ),
        (lambda: priors.SwissRoll(scale=np.nan), "scale is nan"),
        (lambda: NoiseInput(0), "dim is 0"),
        (lambda: StructuredPosterior(0), "num_bases is 0"),
        (lambda: StructuredPosterior(1, noise_dim=0), "noise_dim is 0"),
        (lambda: StructuredPosterior(1, hidden_dim=-1), "hidden_dim is -1"),
        (lambda: StructuredPosterior(1, epsilon=0.0), "epsilon is 0.0; expected a num"),
        (lambda: likelihoods.GaussianLikelihood(np.nan), "The scale is nan; expected"),
        (lambda: leave_one_out_predictors(3, num_units=0), "num_units is 0"),
        (lambda: build_prediction_adversary(0), "num_outputs is 0"),
        (lambda: build_prediction_adversary(num_targets=-1), "num_targets is -1"),
        (
            lambda: AAE(mlp(6, 2), mlp(2, 6), identity_loss(), num_labels=-1),
            "num_labels is -1; expected at least 0",
        ),
        (
            lambda: LAFTR(mlp(6, 2), mlp(2, 1), identity_loss(), prediction_weight=-1),
            "prediction_weight is -1; expected",
        ),
        (
            lambda: LAFTR(mlp(6, 2), mlp(2, 1), None, reconstruction_weight="1"),
            "reconstruction_weight is '1'; expected a number",
        ),
    ],
)
def test_numbers_out_of_range(make, message):
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.parametrize(
    ("adversarial", "weight", "message"),
    [
        (
            identity_loss(),
            1.0,
            r"has the parts \[\]; expected an AdversarialLossSum of",
        ),
        (
            AdversarialLossSum({"style": identity_loss()}),
            1.0,
            r"parts \['style'\]; exp",
        ),
        (identity_loss(), -1.0, "label_weight is -1.0; expected"),
    ],
)
def test_a_semi_supervised_encoder_has_two_adversaries(adversarial, weight, message):
    with pytest.raises(InputError, match=message):
        SemiSupervisedAAE(None, None, adversarial, label_weight=weight)


@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize(
    "function",
    [
        gaussian.split,
        gaussian.draw,
        gaussian.divergence_from_normal,
        GaussianPosterior(),
    ],
)
def test_parameters_are_pairs(function, size):
    with pytest.raises(
        InputError, match=f"got {size} parameters; expected an even num"
    ):
        function(tf.zeros((2, size)))
    assert function(tf.zeros((2, size + 1))) is not None


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: NoiseInput(2)(tf.zeros((2, 3, 3))), r"expected \[B, D\]"),
        (
            lambda: priors.GaussianMixture.ring(3).distances(np.zeros((4, 1))),
            r"shape of codes is \(4, 1\); expected \[N, 2\]",
        ),
        (
            lambda: priors.GaussianMixture.ring(3)(3, np.array([0, 1, 2])),
            r"shape of label is \(3,\); expected \[3, K\]",
        ),
        (
            lambda: priors.SwissRoll(3)(4, np.eye(3)[:1]),
            r"shape of label is \(1, 3\); expected \[4, K\]",
        ),
        (lambda: one_hot_labels(tf.zeros((4, 1), "int32"), 3), r"expected \[B\]"),
        (
            lambda: classification_terms(np.eye(3), tf.zeros((3, 3))),
            r"shape of label is \(3, 3\); expected \[B\] or \[B, 1\]",
        ),
        (
            lambda: classification_terms(np.zeros(3, int), tf.zeros(3)),
            r"shape of logits is \(3,\); expected \[B, K\]",
        ),
        (
            lambda: classification_terms(np.zeros(1, int), tf.zeros((3, 1))),
            "of label and logits are 1 and 3",
        ),
        (
            lambda: two_domains(tf.zeros((3, 2)), tf.zeros((4, 3))),
            "of source and target are .* but for the first axis",
        ),
        (
            lambda: reconstruction_error(tf.zeros((3, 1)), tf.zeros(3)),
            r"of examples and decoded are \(3, 1\) and \(3,\)",
        ),
        (
            lambda: reconstruction_error(np.zeros((3, 1), "uint8"), tf.zeros((3, 1))),
            "type of the examples is uint8; expected floats. Divide bytes by 255",
        ),
    ],
)
def test_tensors_of_other_shapes_and_types(function, message):
    with pytest.raises(InputError, match=message):
        function()


@pytest.mark.parametrize(
    "likelihood", [likelihoods.BernoulliLikelihood(), likelihoods.GaussianLikelihood()]
)
def test_a_likelihood_is_of_examples_in_the_outputs_shape(likelihood):
    assert likelihood.log_prob(tf.zeros((1, 3)), tf.zeros((5, 3))).shape == (5,)
    with pytest.raises(
        InputError, match="of examples and outputs are .* but for the fi"
    ):
        likelihood.log_prob(tf.zeros((3, 3)), tf.zeros((5, 3, 3)))


def loss(adversary, contrast):
    return AdversarialLoss(adversary, contrast)


def avb(decoder):
    adversarial = loss(joined(2, 6, sizes=(1,)), PriorSample(priors.Gaussian(2)))
    return AVB(mlp(6, 2), decoder, adversarial, likelihoods.GaussianLikelihood())


IMAGES = {"image": BATCH}
GROUPS = {"input": BATCH, "target": LABELS, "group": LABELS}


@pytest.mark.parametrize(
    ("make", "batch", "message"),
    [
        (
            lambda: AAE(
                mlp(6, 2), mlp(2, 6), loss(mlp(2, 1), PriorSample(priors.Gaussian(3)))
            ),
            IMAGES,
            r"of features and draws are \(.*, 2\) and \(.*, 3\)",
        ),
        (
            lambda: AAE(
                mlp(6, 2), mlp(2, 1), loss(mlp(2, 1), PriorSample(priors.Gaussian(2)))
            ),
            IMAGES,
            r"of examples and decoded are \(.*, 6\) and \(.*, 1\)",
        ),
        (
            lambda: AAE(
                mlp(6, 2),
                mlp(2, 6),
                loss(
                    mlp(2, 1),
                    PriorSample(priors.GaussianMixture.ring(3), conditional_prior=True),
                ),
            ),
            IMAGES,
            "There is no condition",
        ),
        (
            lambda: PredictabilityMinimization(
                mlp(6, 3), mlp(3, 1), loss(leave_one_out_predictors(3), LeaveOneOut())
            ),
            IMAGES,
            "of examples and decoded are",
        ),
        (lambda: avb(mlp(2, 1)), IMAGES, "of examples and outputs are"),
        (
            lambda: FactorVAE(mlp(6, 3), mlp(2, 6), loss(mlp(2, 1), PermuteDims())),
            IMAGES,
            "got 3 parameters; expected an even number",
        ),
        (
            lambda: BiGAN(
                mlp(6, 2),
                mlp(3, 6),
                loss(joined(6, 2, sizes=(1,)), JointPair()),
                priors.Gaussian(3),
            ),
            IMAGES,
            "of encoded and generated are",
        ),
        (
            lambda: LAFTR(mlp(6, 2), mlp(2, 1), loss(mlp(2, 2), GroupLabels())),
            GROUPS,
            r"of outputs and labels are \(.*, 2\) and \(.*, 1\); .* Give the adversary",
        ),
        (
            lambda: LAFTR(mlp(6, 2), mlp(2, 1), loss(mlp(2, 1), GroupLabels())),
            GROUPS | {"target": np.eye(2)[LABELS]},
            r"shape of label is \(.*, 2\); expected \[B\] or \[B, 1\]",
        ),
        (
            lambda: LAFTR(mlp(6, 2), mlp(2, 1), loss(mlp(2, 4), GroupLabels((2, 2)))),
            GROUPS,
            r"shape of group is \(.*\); expected \[B, 2\]",
        ),
        (
            lambda: DataDrivenFairness(
                mlp(6, 2), mlp(2, 1), loss(mlp(2, 1), GroupLabels())
            ),
            {"input": BATCH, "target": LABELS, "adversary_input": BATCH},
            "The batch has no 'adversary_group'",
        ),
        (
            lambda: DANN(mlp(6, 2), mlp(2, 2), loss(mlp(2, 3), GroupLabels())),
            {"source": BATCH, "target": BATCH, "label": LABELS},
            "of outputs and labels are",
        ),
    ],
)
def test_fit_names_what_does_not_fit(make, batch, message):
    """In a step that Keras traces."""
    data = tf.data.Dataset.from_tensor_slices(batch).batch(4)
    with pytest.raises(InputError, match=message):
        compiled(make()).fit(data, verbose=0)


def test_deviations_have_the_shape_of_their_codes():
    inputs = keras.Input((6,))
    parts = [keras.layers.Dense(size)(inputs) for size in (2, 2, 1)]
    model = avb(mlp(2, 6))
    model.encoder = keras.Model(inputs, parts)
    with pytest.raises(InputError, match="of codes and means and deviations are"):
        model.draw_codes(BATCH)
