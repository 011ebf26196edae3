"""AdversarialDebiasing: the paper's rule and adversary, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.experiments import adversarial_debiasing
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.adversarial_debiasing import (
    AdversarialDebiasing,
    build_prediction_adversary,
)
from keras_drnet.losses.group_labels import NOTIONS, GroupLabels
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import PowerLaw
from tests.support import fair_systems
from tests.support import system_contract as contract
from tests.support.system_contract import mlp, values

ALPHA = 0.7
every_notion = pytest.mark.parametrize("notion", NOTIONS)


def make(
    notion="parity",
    *,
    objective="projection",
    weight=ALPHA,
    num_groups=2,
    num_classes=1,
    num_targets=2,
):
    keras.utils.set_random_seed(0)
    contrast = GroupLabels(num_groups, notion=notion, num_targets=num_targets)
    adversary = build_prediction_adversary(
        contrast.num_outputs,
        num_classes=num_classes,
        num_targets=num_targets if notion == "odds" else 0,
    )
    return contract.compiled(
        AdversarialDebiasing(
            mlp(5, 8, num_classes, batch_norm=True),
            fair_systems.loss_of(
                contrast, adversary=adversary, objective=objective, weight=weight
            ),
        )
    )


@pytest.fixture
def batch(rng):
    return fair_systems.make_batch(rng)


def adversary_by_hand(adversary, logits, target):
    """w [s, s y, s (1 - y)] + b, s = sigmoid((1 + |c|) logit), for labels 0 and 1."""
    c, kernel, bias = values(adversary)
    s = fair_systems.sigmoid((1 + abs(c)) * np.array(logits))
    y = np.array(target)[:, None]
    seen = [s] if len(kernel) == 1 else [s, s * (1 - y), s * y]
    return np.concatenate(seen, axis=1) @ kernel + bias


@every_notion
def test_losses_match_the_paper(notion, batch):
    model = make(notion)
    for weight in model.adversarial.adversary.weights:
        weight.assign(tf.random.stateless_normal(weight.shape, (0, 1)))
    model.adversarial.adversary.weights[0].assign(-0.8)
    logits = model.predictor(batch["input"], training=False)
    outputs = adversary_by_hand(model.adversarial.adversary, logits, batch["target"])
    chosen = np.array(batch["target"]) == 1 if notion == "opportunity" else slice(None)
    error = fair_systems.cross_entropy(
        outputs[chosen], np.array(batch["group"])[chosen]
    )
    task = fair_systems.cross_entropy(logits, batch["target"])
    result = model.test_step(batch)
    for name, expected in (
        ("adversary", error),
        ("adversarial", -error),
        ("loss", task - ALPHA * error),
        ("accuracy", np.mean((np.array(logits)[:, 0] > 0) == batch["target"])),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize("by_variable", [False, True])
def test_the_step_matches_the_paper(by_variable, batch):
    """grad L_P - proj_{grad L_A} grad L_P - alpha grad L_A, seen through plain SGD."""
    name = "projection_by_variable" if by_variable else "projection"
    model = make("odds", objective=name)
    model.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    variables = model.feature_variables
    with tf.GradientTape(persistent=True) as tape:
        terms, contrasted = model.compute_losses(batch, training=True)
        examples = model.adversarial.contrast.adversary_examples(**contrasted)
        logits = model.adversarial.adversary(examples.inputs)
        l_a = tf.reduce_mean(
            tf.nn.sigmoid_cross_entropy_with_logits(examples.labels, logits)
        )
    g_p, g_a = (
        [np.float64(g) for g in tape.gradient(loss, [v.value for v in variables])]
        for loss in (terms["loss"], l_a)
    )
    flat_p, flat_a = (np.concatenate([g.ravel() for g in gs]) for gs in (g_p, g_a))
    before = [np.array(v) for v in variables]
    model.train_features(batch)
    for i, (old, variable) in enumerate(zip(before, variables, strict=True)):
        p, a = (g_p[i].ravel(), g_a[i].ravel()) if by_variable else (flat_p, flat_a)
        expected = g_p[i] - (p @ a) / (a @ a) * g_a[i] - ALPHA * g_a[i]
        np.testing.assert_allclose(
            old - np.array(variable), expected, rtol=1e-3, atol=1e-6
        )


@every_notion
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_predictor_step_changes_no_adversary(notion, objective, batch):
    model = make(notion, objective=objective)
    contract.assert_features_step_changes_features_only(model, batch, [model.predictor])


@every_notion
def test_the_adversary_step_changes_nothing_else(notion, batch):
    contract.assert_adversary_step_changes_adversary_only(make(notion), batch)


def test_features_and_adversary_are_updated_simultaneously(batch):
    assert fair_systems.adversary_step_ignores_the_features_step(make, batch)


@every_notion
def test_training_resumes_after_save_and_load(notion, batch, tmp_path):
    model = make(notion, weight=PowerLaw(1.0, 1, 0.5))
    contract.assert_training_resumes(model, batch, tmp_path)


def test_several_attributes_and_several_targets(rng, tmp_path):
    batch = fair_systems.make_batch(rng, sizes=(2, 5), num_targets=3)
    model = make(
        "odds",
        num_groups=(2, 5),
        num_classes=3,
        num_targets=3,
        weight=PowerLaw(1.0, 1, 0.5),
    )
    logits = np.float64(model.predictor(batch["input"], training=False))
    c, kernel, bias = values(model.adversarial.adversary)
    s = np.exp((1 + abs(c)) * logits)
    s /= s.sum(axis=1, keepdims=True)
    pairs = [
        s[:, [j]] * (np.array(batch["target"]) == k)[:, None]
        for j in range(3)
        for k in range(3)
    ]
    outputs = np.concatenate([s, *pairs], axis=1) @ kernel + bias
    log_p = outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True))
    sex, race = np.array(batch["group"]).T
    np.testing.assert_allclose(
        model.test_step(batch)["adversary"],
        -log_p[np.arange(48), 5 * sex + race].mean(),
        rtol=1e-5,
    )
    contract.assert_training_resumes(model, batch, tmp_path)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_toy_comes_near_the_exact_solution():
    rows = adversarial_debiasing.run_toy(0, Settings(tiny=True)).rows
    assert rows["projection"]["ratio"] < 0.5 < 1.5 < rows["no adversary"]["ratio"]


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_lowers_the_gaps():
    rows = adversarial_debiasing.run(0, Settings(tiny=True)).rows
    plain, fair = rows["no adversary"], rows["projection"]
    assert fair["fpr_gap"] + fair["fnr_gap"] < 0.6 * (
        plain["fpr_gap"] + plain["fnr_gap"]
    )
    assert fair["accuracy"] > plain["accuracy"] - 0.1
