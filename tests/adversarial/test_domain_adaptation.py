"""DANN, ADDA and domain confusion: losses, isolation, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.experiments import digits, mnist_m
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.adda import ADDA
from keras_drnet.adversarial.systems.dann import DANN
from keras_drnet.adversarial.systems.domain_confusion import DomainConfusion
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import system_contract as contract
from tests.support.system_contract import mlp, moved, values

SYSTEMS = {
    DANN: "gradient_reversal",
    ADDA: "flipped_labels",
    DomainConfusion: "uniform_target",
}
every_system = pytest.mark.parametrize("system", SYSTEMS)


def make(system, *, objective=None, weight=0.5, **kwargs):
    keras.utils.set_random_seed(0)
    adversarial = AdversarialLoss(
        mlp(5, 16, 1),
        GroupLabels(),
        objective=objective or SYSTEMS[system],
        weight=weight,
    )
    encoder = mlp(3, 8, 5, batch_norm=True)
    model = system(encoder, mlp(5, 4), adversarial, **kwargs)
    return contract.compiled(model)


@pytest.fixture
def batch(rng):
    source, target = rng.normal(size=(2, 32, 3))
    label = rng.integers(0, 4, 32)
    arrays = {"source": source, "target": target + 1.0, "label": label}
    return {
        name: tf.constant(a, tf.int32 if name == "label" else tf.float32)
        for name, a in arrays.items()
    }


@every_system
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_adversary(system, objective, batch):
    model = make(system, objective=objective)
    learns = model.target_encoder if system is ADDA else model.encoder
    contract.assert_features_step_changes_features_only(model, batch, [learns])


@every_system
def test_the_adversary_step_changes_nothing_else(system, batch):
    contract.assert_adversary_step_changes_adversary_only(make(system), batch)


def test_adda_does_not_change_source_and_classifier(batch):
    model = make(ADDA)
    still = (model.source_encoder, model.classifier)
    before = [values(network) for network in still]
    target = values(model.target_encoder)
    np.testing.assert_array_equal(target[0], before[0][0])
    model.train_step(batch)
    assert not any(map(any, map(moved, before, still)))
    assert all(moved(target, model.target_encoder))  # Its statistics too.


def forms(model, batch):
    """Returns losses by hand: of the label, the domain, and at flipped labels."""
    source_encoder = getattr(model, "source_encoder", model.encoder_or_target)
    features = [
        encoder(batch[domain], training=False)
        for encoder, domain in (
            (source_encoder, "source"),
            (model.encoder_or_target, "target"),
        )
    ]
    logits = np.float64(model.classifier(features[0]))
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    label = -log_p[np.arange(32), batch["label"]].mean()
    source, target = (
        1 / (1 + np.exp(-np.float64(model.adversarial.adversary(f)))) for f in features
    )
    domain = -0.5 * (np.log(1 - source).mean() + np.log(target).mean())
    flipped = -0.5 * (np.log(source).mean() + np.log(1 - target).mean())
    return label, domain, flipped


@every_system
def test_losses_match_the_papers(system, batch):
    model = make(system)
    model.encoder_or_target = getattr(model, "target_encoder", None) or model.encoder
    label, domain, flipped = forms(model, batch)
    features = {DANN: -domain, ADDA: flipped, DomainConfusion: 0.5 * (domain + flipped)}
    result = model.test_step(batch)
    for name, expected in (
        ("adversary", domain),
        ("adversarial", features[system]),
        ("loss", label + 0.5 * features[system]),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-5, err_msg=name)


def test_dann_updates_simultaneously_and_confusion_in_turn(batch):
    """At once: the adversary's gradient is that before the features moved."""
    for system, at_once in ((DANN, True), (DomainConfusion, False)):
        model, twin = make(system), make(system)
        twin.optimizer.learning_rate.assign(0.0)
        for m in (model, twin):
            m.train_step(batch)
        own, other = (values(m.adversarial.adversary) for m in (model, twin))
        same = all(np.array_equal(a, b) for a, b in zip(own, other, strict=True))
        assert same == at_once, system


@every_system
def test_training_resumes_after_save_and_load(system, batch, tmp_path):
    model = make(system, weight=SigmoidRamp(20), num_adversary_steps=2)
    contract.assert_training_resumes(model, batch, tmp_path, fit=True)


@every_system
def test_predict_is_the_classifier_of_the_target(system, batch):
    model = make(system)
    encoder = getattr(model, "target_encoder", None) or model.encoder
    expected = model.classifier(encoder(batch["target"], training=False))
    actual = model.predict(batch["target"], verbose=0)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_experiment_on_digits_learns():
    rows = digits.run(0, Settings(tiny=True)).rows
    assert list(rows) == ["source only", "DANN", "domain confusion", "ADDA"]
    for row, metrics in rows.items():
        assert set(metrics) == set(digits.EXPERIMENT.metrics)
        assert metrics["accuracy_mnist_usps"] > 0.3, row  # Chance is 0.1.
        assert 0.0 <= metrics["distance_usps_mnist"] <= 2.0


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_experiment_on_photographs_learns_and_has_its_bounds():
    outcome = mnist_m.run(0, Settings(tiny=True))
    rows = outcome.rows
    assert set(rows["DANN"]) == set(mnist_m.EXPERIMENT.metrics)
    assert rows["train on target"]["accuracy_mnist_m"] > 0.25
    assert rows["source only"]["gap_closed"] == 0
    assert outcome.arrays["examples"].shape == (2, 8, 28, 28, 3)
