"""Predictability minimization: losses, masking, isolation, resuming, learning."""

import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet import adversarial
from keras_drnet.adversarial.experiments import predictability_minimization
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.predictability_minimization import (
    PredictabilityMinimization,
    leave_one_out_predictors,
)
from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import LeaveOneOut
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import system_contract as contract
from tests.support.system_contract import mlp

SIZE = 4  # Elements of a code.


def make(*, objective="gradient_reversal", weight=0.5, **kwargs):
    keras.utils.set_random_seed(0)
    adversarial = AdversarialLoss(
        leave_one_out_predictors(SIZE),
        LeaveOneOut(),
        adversary_loss="squared_error",
        objective=objective,
        weight=weight,
    )
    model = PredictabilityMinimization(
        mlp(6, 8, SIZE, batch_norm=True), mlp(SIZE, 8, 6), adversarial, **kwargs
    )
    return contract.compiled(model)


@pytest.fixture
def batch(rng):
    return {"image": tf.constant(rng.normal(size=(32, 6)), tf.float32)}


def test_a_predictor_sees_all_elements_but_its_own(rng):
    predictors = leave_one_out_predictors(SIZE)
    codes = rng.uniform(size=(8, SIZE)).astype("float32")
    before = np.array(predictors(codes))
    assert before.shape == (8, SIZE, 1)
    for element in range(SIZE):
        changed = codes.copy()
        changed[:, element] = rng.uniform(size=8)
        same = np.all(np.array(predictors(changed)) == before, axis=(0, 2))
        np.testing.assert_array_equal(same, np.arange(SIZE) == element)


def test_predictors_share_no_weight():
    """The error of one has a gradient for its own slice of each weight alone."""
    predictors = leave_one_out_predictors(SIZE)
    with tf.GradientTape() as tape:
        output = tf.reduce_sum(predictors(tf.ones((1, SIZE)))[:, 2])
    for gradient in tape.gradient(output, predictors.trainable_variables):
        reached = np.abs(np.array(gradient)).reshape(SIZE, -1).max(axis=1) > 0
        np.testing.assert_array_equal(reached, np.arange(SIZE) == 2)


def test_a_code_of_one_element_has_no_others():
    with pytest.raises(InputError, match="at least 2"):
        leave_one_out_predictors(1)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_predictor(objective, batch):
    model = make(objective=objective)
    networks = (model.encoder, model.decoder)
    contract.assert_features_step_changes_features_only(model, batch, networks)


def test_the_predictors_step_changes_nothing_else(batch):
    contract.assert_adversary_step_changes_adversary_only(make(), batch)


def test_losses_match_the_paper(batch):
    model = make()
    images = np.array(batch["image"], np.float64)
    logits = np.array(model.encoder(batch["image"], training=False), np.float64)
    codes = 1 / (1 + np.exp(-logits))
    error = np.mean(np.square(np.array(model.decoder(codes)) - images))
    predictions = np.array(model.adversarial.adversary(codes))[..., 0]
    predictability = np.mean(np.square(predictions - codes))
    result = model.test_step(batch)
    assert set(result) == {"loss", "reconstruction", "adversarial", "adversary"}
    for name, expected in (
        ("reconstruction", error),
        ("adversary", predictability),
        ("adversarial", -predictability),
        ("loss", error - 0.5 * predictability),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-4, err_msg=name)


def test_the_code_has_gradients_of_prediction_and_element(batch):
    """Of -mean_i (P_i - y_i)^2 for P_i linear with weights w_i:

    d / dy_j = 2 / K * (e_j - sum_{i != j} w_ij e_i),   e_i = P_i - y_i
    """
    weights = np.arange(12.0).reshape(SIZE, SIZE - 1) / 10
    code = keras.Input((SIZE,))
    predictors = leave_one_out_predictors(SIZE)
    others = predictors.layers[1](code)
    linear = keras.layers.EinsumDense("bki,kio->bko", (SIZE, 1))
    linear.build((None, SIZE, SIZE - 1))
    linear.set_weights([weights[..., None]])
    loss = AdversarialLoss(
        keras.Model(code, linear(others)), LeaveOneOut(), adversary_loss="squared_error"
    )
    codes = tf.sigmoid(batch["image"][:, :SIZE])
    with tf.GradientTape() as tape:
        tape.watch(codes)
        value = loss.encoder_loss(codes)
    y = np.array(codes, np.float64)
    full = np.zeros((SIZE, SIZE))
    full[~np.eye(SIZE, dtype=bool)] = weights.ravel()
    errors = y @ full.T - y
    expected = 2 / SIZE * (errors - errors @ full) / len(y)
    np.testing.assert_allclose(tape.gradient(value, codes), expected, atol=1e-6)


@pytest.mark.parametrize("alternating", [False, True])
def test_training_resumes_after_save_and_load(alternating, batch, tmp_path):
    model = make(weight=SigmoidRamp(20), alternating=alternating, num_adversary_steps=3)
    contract.assert_training_resumes(model, batch, tmp_path, fit=True)
    assert model.discriminator_optimizer.iterations == 2 * 9


def test_the_old_name_of_the_class_is_accepted():
    with pytest.warns(DeprecationWarning, match="is now PredictabilityMinimization"):
        assert adversarial.PredictabilityMinimisation is PredictabilityMinimization


def test_a_model_that_was_saved_under_the_old_name_is_loaded(batch, tmp_path):
    model = make()
    model.train_step(batch)
    model.save(tmp_path / "new.keras")
    with (
        zipfile.ZipFile(tmp_path / "new.keras") as new,
        zipfile.ZipFile(tmp_path / "old.keras", "w") as old,
    ):
        for name in new.namelist():
            data = new.read(name)
            if name == "config.json":
                data = data.replace(b"Minimization", b"Minimisation")
                data = data.replace(b"minimization", b"minimisation")
            old.writestr(name, data)
    loaded = keras.saving.load_model(tmp_path / "old.keras")
    assert type(loaded) is PredictabilityMinimization
    np.testing.assert_array_equal(
        loaded.encode(batch["image"]), model.encode(batch["image"])
    )


def test_codes_are_between_0_and_1_and_predictions_are_reconstructions(batch):
    model = make()
    codes = np.array(model.encode(100.0 * batch["image"]))
    assert codes.min() >= 0.0 and codes.max() <= 1.0 and codes.std() > 0.1
    expected = model.decoder(model.encode(batch["image"]))
    actual = model.predict(batch["image"], verbose=0)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.slow  # A run of the experiment.
def test_the_experiment_learns_the_bits():
    rows = predictability_minimization.run(0, Settings(tiny=True)).rows
    first, second = rows.values()
    assert first["predictor_error"] < 0.22
    assert abs(second["predictor_error"] - 0.25) < 0.01
    assert second["bits"] == 1.0 and second["mutual_information"] < 1e-3
