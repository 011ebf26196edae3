"""DataDrivenFairness: the adversary's own set, isolation, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.experiments import data_driven_fairness
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.data_driven_fairness import DataDrivenFairness
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import fair_systems
from tests.support import system_contract as contract
from tests.support.system_contract import mlp


def make(*, num_groups=2, weight=0.5, objective="gradient_reversal", notion="parity"):
    keras.utils.set_random_seed(0)
    contrast = GroupLabels(num_groups, notion=notion)
    return contract.compiled(
        DataDrivenFairness(
            mlp(5, 8, 4, batch_norm=True),
            mlp(4, 1),
            fair_systems.loss_of(contrast, objective=objective, weight=weight),
        )
    )


def with_own(people, others, *names):
    own = {name: people[name] for name in ("input", "target")}
    return own | {f"adversary_{name}": others[name][:20] for name in names}


@pytest.fixture
def people(rng):
    return fair_systems.make_batch(rng), fair_systems.make_batch(rng)


@pytest.fixture
def batch(people):
    return with_own(*people, "input", "group")


def test_losses_match_the_paper_each_on_its_own_set(batch):
    model = make()
    codes, others = (
        model.encoder(batch[name], training=False)
        for name in ("input", "adversary_input")
    )
    prediction = fair_systems.cross_entropy(model.predictor(codes), batch["target"])
    error = fair_systems.cross_entropy(
        model.adversarial.adversary(others), batch["adversary_group"]
    )
    result = model.test_step(batch)
    for name, expected in (
        ("prediction", prediction),
        ("adversary", error),
        ("adversarial", -error),
        ("loss", prediction - 0.5 * error),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-5, err_msg=name)


def test_the_encoder_is_trained_on_both_sets_and_the_predictor_on_one(batch):
    model = make()
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([batch["input"], batch["adversary_input"]])
        losses = model.add_adversarial_loss(
            *model.compute_losses(batch, training=False)
        )
    both = batch["input"], batch["adversary_input"]
    assert tape.gradient(losses["adversarial"], both)[0] is None
    assert tape.gradient(losses["prediction"], both)[1] is None
    assert all(np.any(g) for g in tape.gradient(losses["loss"], both))


def test_a_contrast_may_use_targets_of_the_adversary_s_own_set(people):
    batch = with_own(*people, "input", "group", "target")
    model = make(notion="opportunity")
    codes = model.encoder(batch["adversary_input"], training=False)
    chosen = np.array(batch["adversary_target"]) == 1
    error = fair_systems.cross_entropy(
        np.array(model.adversarial.adversary(codes))[chosen],
        np.array(batch["adversary_group"])[chosen],
    )
    np.testing.assert_allclose(model.test_step(batch)["adversary"], error, rtol=1e-5)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_adversary(objective, batch):
    model = make(objective=objective)
    networks = (model.encoder, model.predictor)
    contract.assert_features_step_changes_features_only(model, batch, networks)


def test_the_adversary_step_changes_nothing_else(batch):
    contract.assert_adversary_step_changes_adversary_only(make(), batch)


def test_features_and_adversary_are_updated_simultaneously(batch):
    assert fair_systems.adversary_step_ignores_the_features_step(make, batch)


def test_training_resumes_after_save_and_load(batch, tmp_path):
    model = make(weight=SigmoidRamp(20))
    contract.assert_training_resumes(model, batch, tmp_path)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_lowers_the_gap():
    rows = data_driven_fairness.run(0, Settings(tiny=True)).rows
    assert rows["only y = 1"]["tpr_gap"] < 0.85 * rows["no adversary"]["tpr_gap"]
