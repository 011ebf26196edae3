"""LAFTR: group-normalized losses, isolation, order of updates, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.experiments import laftr
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.laftr import LAFTR
from keras_drnet.losses.group_labels import NOTIONS, GroupLabels
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import fair_systems
from tests.support import system_contract as contract
from tests.support.system_contract import mlp

every_notion = pytest.mark.parametrize("notion", NOTIONS)


def make(
    notion="parity",
    *,
    weight=2.0,
    objective="gradient_reversal",
    num_groups=2,
    **kwargs,
):
    keras.utils.set_random_seed(0)
    adversarial = fair_systems.loss_of(
        GroupLabels(num_groups, notion=notion, balanced=True),
        adversary_loss="absolute_error",
        objective=objective,
        weight=weight,
    )
    encoder, predictor = mlp(5, 8, 4, batch_norm=True), mlp(4, 1)
    return contract.compiled(LAFTR(encoder, predictor, adversarial, **kwargs))


@pytest.fixture
def batch(rng):
    return fair_systems.make_batch(rng)


def l_adv(model, notion, batch):
    """The paper's, by its formula, and the number of its means."""
    codes = model.encoder(batch["input"], training=False)
    a, y = (np.array(batch[name]) for name in ("group", "target"))
    inputs = (codes, tf.one_hot(y, 2)) if notion == "odds" else codes
    errors = np.abs(fair_systems.sigmoid(model.adversarial.adversary(inputs))[:, 0] - a)
    cells = {
        "parity": [a == i for i in (0, 1)],
        "odds": [(a == i) & (y == j) for i in (0, 1) for j in (0, 1)],
        "opportunity": [(a == i) & (y == 1) for i in (0, 1)],
    }[notion]
    assert len({cell.sum() for cell in cells}) > 1  # Groups of different size.
    total = sum(errors[cell].mean() for cell in cells)
    return len(cells) / 2 - total, len(cells)


@every_notion
def test_the_loss_matches_the_paper_up_to_a_factor_and_a_constant(notion, batch):
    model = make(notion)
    paper, num_means = l_adv(model, notion, batch)
    result = model.test_step(batch)
    np.testing.assert_allclose(
        num_means * (0.5 + result["adversarial"]), paper, rtol=1e-4, atol=1e-6
    )
    np.testing.assert_allclose(result["adversary"], -result["adversarial"], rtol=1e-6)
    codes = model.encoder(batch["input"], training=False)
    prediction = fair_systems.cross_entropy(model.predictor(codes), batch["target"])
    np.testing.assert_allclose(
        result["loss"], prediction + 2.0 * result["adversarial"], rtol=1e-5
    )


@every_notion
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_adversary(notion, objective, batch):
    model = make(notion, objective=objective)
    networks = (model.encoder, model.predictor)
    contract.assert_features_step_changes_features_only(model, batch, networks)


@every_notion
def test_the_adversary_step_changes_nothing_else(notion, batch):
    contract.assert_adversary_step_changes_adversary_only(make(notion), batch)


def test_features_and_adversary_are_updated_in_turn(batch):
    assert not fair_systems.adversary_step_ignores_the_features_step(make, batch)


@every_notion
def test_training_resumes_after_save_and_load(notion, batch, tmp_path):
    model = make(notion, weight=SigmoidRamp(20))
    contract.assert_training_resumes(model, batch, tmp_path)


@pytest.mark.parametrize(("sizes", "columns"), [((2,), 1), ((2, 5), 10)])
def test_the_decoder_gets_the_group(sizes, columns, rng, tmp_path):
    batch = fair_systems.make_batch(rng, sizes=sizes)
    decoder = contract.joined(4, columns, sizes=(16, 5))
    model = make(
        num_groups=sizes,
        decoder=decoder,
        reconstruction_weight=0.5,
        weight=SigmoidRamp(20),
    )
    codes = model.encoder(batch["input"], training=False)
    groups = np.array(batch["group"]).reshape(48, -1)
    labels = groups if columns == 1 else np.eye(10)[5 * groups[:, 0] + groups[:, 1]]
    decoded = decoder((codes, tf.constant(labels, tf.float32)))
    error = np.square(decoded - batch["input"]).mean()
    result = model.test_step(batch)
    np.testing.assert_allclose(result["reconstruction"], error, rtol=1e-5)
    np.testing.assert_allclose(
        result["loss"], result["prediction"] + 0.5 * error, rtol=1e-5
    )
    networks = (model.encoder, model.predictor, decoder)
    contract.assert_features_step_changes_features_only(model, batch, networks)
    contract.assert_training_resumes(model, batch, tmp_path)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_lowers_the_gap():
    rows = laftr.run(0, Settings(tiny=True)).rows
    plain, fair = rows["no adversary"], rows["LAFTR, parity"]
    assert fair["parity_gap"] < 0.9 * plain["parity_gap"]
    assert fair["accuracy"] > plain["accuracy"] - 0.05
