"""ALFR: its objective, isolation, order of updates, resuming, learning."""

import keras
import numpy as np
import pytest

from keras_drnet.adversarial.experiments import alfr
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.alfr import ALFR
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import fair_systems
from tests.support import system_contract as contract
from tests.support.system_contract import mlp


def make(*, num_groups=2, weight=0.5, objective="gradient_reversal", num_outputs=1):
    keras.utils.set_random_seed(0)
    return contract.compiled(
        ALFR(
            mlp(5, 8, 4, batch_norm=True),
            mlp(4, num_outputs),
            fair_systems.loss_of(
                GroupLabels(num_groups), objective=objective, weight=weight
            ),
            decoder=mlp(4, 8, 5, batch_norm=True),
            prediction_weight=2.0,
            reconstruction_weight=0.3,
        )
    )


@pytest.fixture
def batch(rng):
    return fair_systems.make_batch(rng)


def test_losses_match_the_paper(batch):
    model = make()
    codes = model.encoder(batch["input"], training=False)
    reconstruction = np.square(model.decoder(codes) - batch["input"]).mean()
    prediction = fair_systems.cross_entropy(model.predictor(codes), batch["target"])
    error = fair_systems.cross_entropy(
        model.adversarial.adversary(codes), batch["group"]
    )
    result = model.test_step(batch)
    for name, expected in (
        ("reconstruction", reconstruction),
        ("prediction", prediction),
        ("adversary", error),
        ("adversarial", -error),
        ("loss", 0.3 * reconstruction + 2.0 * prediction - 0.5 * error),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_adversary(objective, batch):
    model = make(objective=objective)
    networks = (model.encoder, model.predictor, model.decoder)
    contract.assert_features_step_changes_features_only(model, batch, networks)


def test_the_adversary_step_changes_nothing_else(batch):
    contract.assert_adversary_step_changes_adversary_only(make(), batch)


def test_features_and_adversary_are_updated_in_turn(batch):
    assert not fair_systems.adversary_step_ignores_the_features_step(make, batch)


def test_training_resumes_after_save_and_load(batch, tmp_path):
    model = make(weight=SigmoidRamp(20))
    contract.assert_training_resumes(model, batch, tmp_path)


@pytest.mark.parametrize("sizes", [(5,), (2, 5)])
def test_several_attributes_of_several_values(sizes, rng, tmp_path):
    batch = fair_systems.make_batch(rng, sizes=sizes, num_targets=3)
    model = make(num_groups=sizes, num_outputs=3, weight=SigmoidRamp(20))
    groups = np.array(batch["group"]).reshape(48, -1)
    joint = groups[:, 0] if len(sizes) == 1 else 5 * groups[:, 0] + groups[:, 1]
    logits = np.float64(
        model.adversarial.adversary(model.encoder(batch["input"], training=False))
    )
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(
        model.test_step(batch)["adversary"],
        -log_p[np.arange(48), joint].mean(),
        rtol=1e-5,
    )
    assert model.predict(batch["input"], verbose=0).shape == (48, 3)
    contract.assert_training_resumes(model, batch, tmp_path)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_hides_the_group():
    rows = alfr.run(0, Settings(tiny=True)).rows
    plain, fair = rows["no adversary"], rows["ALFR"]
    for probe in ("linear_probe", "mlp_probe"):
        assert fair[probe] < plain[probe] - 0.1
    assert fair["accuracy"] > 0.77
