"""AAE and its semi-supervised form: losses, isolation, resuming, learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.distributions.posteriors import (
    GaussianPosterior,
    NoiseInput,
)
from keras_drnet.adversarial.distributions.priors import (
    Categorical,
    Gaussian,
    GaussianMixture,
)
from keras_drnet.adversarial.experiments import aae as aae_experiment
from keras_drnet.adversarial.experiments import (
    semi_supervised_aae as semi_supervised_experiment,
)
from keras_drnet.adversarial.experiments.harness.experiment import Settings
from keras_drnet.adversarial.systems.aae import AAE, one_hot_labels
from keras_drnet.adversarial.systems.semi_supervised_aae import SemiSupervisedAAE
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.adversarial_loss_sum import AdversarialLossSum
from keras_drnet.losses.contrasts import PriorSample
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support import system_contract as contract
from tests.support.system_contract import dense, joined, moved, values

FORMS = ("plain", "labels", "semi_supervised")
every_form = pytest.mark.parametrize("form", FORMS)


def make(form, *, objective="flipped_labels", weight=0.5, layers=(), **kwargs):
    keras.utils.set_random_seed(0)

    def loss(prior, *sizes, conditional=False, weight=weight):
        return AdversarialLoss(
            joined(*sizes, sizes=(16, 1)),
            PriorSample(prior, conditional_prior=conditional),
            objective=objective,
            weight=weight,
        )

    image = keras.Input((6,))
    if form == "semi_supervised":
        x = dense(image, 8, 7, batch_norm=True)
        encoder = keras.Model(image, (dense(x, 3), dense(x, 2)))
        adversarial = AdversarialLossSum(
            {
                "label": loss(Categorical(3), 3, weight=0.5),
                "style": loss(Gaussian(2), 2, weight=0.2),
            }
        )
        decoder = joined(3, 2, sizes=(8, 6))
        model = SemiSupervisedAAE(encoder, decoder, adversarial, **kwargs)
    else:
        x = dense(image, 8, 4 if layers else 2, batch_norm=True)
        for layer in layers:
            x = layer(x)
        num_labels = 3 if form == "labels" else 0
        adversarial = (
            loss(GaussianMixture.ring(3), 2, 4, conditional=True)
            if num_labels
            else loss(Gaussian(2), 2)
        )
        model = AAE(
            keras.Model(image, x),
            joined(2, sizes=(8, 6)),
            adversarial,
            num_labels=num_labels,
            **kwargs,
        )
    return contract.compiled(model, jit_compile=False)


@pytest.fixture
def batch(rng):
    image, labeled = rng.normal(size=(2, 16, 6)).astype("float32")
    label = rng.integers(0, 3, 16)
    return {
        "image": tf.constant(image),
        "labeled": tf.constant(labeled),
        "label": tf.constant(label, tf.int32),
    }


@every_form
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_features_step_changes_no_adversary(form, objective, batch):
    model = make(form, objective=objective)
    networks = (model.encoder, model.decoder)
    contract.assert_features_step_changes_features_only(model, batch, networks)


@every_form
def test_the_adversary_step_changes_nothing_else(form, batch):
    contract.assert_adversary_step_changes_adversary_only(make(form), batch)


@every_form
def test_the_adversarial_term_has_no_gradient_for_the_decoder(form, batch):
    model = make(form)
    with tf.GradientTape() as tape:
        losses = model.add_adversarial_loss(*model.compute_losses(batch, training=True))
    variables = model.encoder.trainable_variables + model.decoder.trainable_variables
    gradients = tape.gradient(losses["adversarial"], variables)
    reached = [gradient is not None for gradient in gradients]
    num_encoder = len(model.encoder.trainable_variables)
    assert reached == [True] * num_encoder + [False] * (len(reached) - num_encoder)


def log_sigmoid(logits):
    return -np.log1p(np.exp(-np.float64(logits)))


@pytest.mark.parametrize("form", ["plain", "labels"])
def test_losses_match_the_paper(form, batch):
    model = make(form)
    codes = model.encoder(batch["image"], training=False)
    error = np.mean(np.square(model.decoder(codes) - batch["image"]))
    labels = [one_hot_labels(batch["label"], 3)] if form == "labels" else []
    keras.utils.set_random_seed(4)
    draws = model.adversarial.contrast.prior(16, *labels)
    discriminator = model.adversarial.adversary
    encoded, drawn = (
        np.array(discriminator([c, *labels] if labels else c)) for c in (codes, draws)
    )
    adversary = -0.5 * (log_sigmoid(encoded).mean() + log_sigmoid(-drawn).mean())
    flipped = -log_sigmoid(-encoded).mean()
    keras.utils.set_random_seed(4)
    result = model.test_step(batch)
    for name, expected in (
        ("reconstruction", error),
        ("adversary", adversary),
        ("adversarial", flipped),
        ("loss", error + 0.5 * flipped),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-4, err_msg=name)


def test_semi_supervised_losses_match_the_paper(batch):
    model = make("semi_supervised", label_weight=3.0)
    logits, style = model.encoder(batch["image"], training=False)
    label = keras.ops.softmax(logits)
    error = np.mean(np.square(model.decoder((label, style)) - batch["image"]))
    known = np.float64(model.encoder(batch["labeled"], training=False)[0])
    log_p = known - np.log(np.exp(known).sum(axis=1, keepdims=True))
    supervised = -log_p[np.arange(16), batch["label"]].mean()
    adversaries = {
        name: part.adversary for name, part in model.adversarial.parts.items()
    }
    flipped = {
        name: -log_sigmoid(-np.array(adversaries[name](code))).mean()
        for name, code in (("label", label), ("style", style))
    }
    adversarial = 0.5 * flipped["label"] + 0.2 * flipped["style"]
    keras.utils.set_random_seed(4)
    adversary = 0.0
    for code, prior, name in (
        (label, Categorical(3), "label"),
        (style, Gaussian(2), "style"),
    ):
        encoded, drawn = (np.array(adversaries[name](c)) for c in (code, prior(16)))
        adversary -= 0.5 * (log_sigmoid(encoded).mean() + log_sigmoid(-drawn).mean())
    keras.utils.set_random_seed(4)
    result = model.test_step(batch)
    for name, expected in (
        ("reconstruction", error),
        ("classification", supervised),
        ("accuracy", np.mean(known.argmax(axis=1) == batch["label"])),
        ("adversarial", adversarial),
        ("adversary", adversary),
        ("loss", error + 3.0 * supervised + adversarial),
    ):
        np.testing.assert_allclose(result[name], expected, rtol=1e-4, err_msg=name)


def test_the_old_key_of_labeled_images_is_read(batch):
    model = make("semi_supervised")
    old = {("labelled" if key == "labeled" else key): x for key, x in batch.items()}
    expected, _ = model.compute_losses(batch, training=False)
    actual, _ = model.compute_losses(old, training=False)
    assert float(actual["classification"]) == float(expected["classification"])


def test_labels_below_zero_have_a_column_of_their_own():
    np.testing.assert_array_equal(
        one_hot_labels(tf.constant([1, -1, 0]), 2), [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    )


@pytest.mark.parametrize("layers", [[GaussianPosterior()], [NoiseInput(4)]])
def test_encoders_may_have_random_codes(layers, batch):
    layers = [*layers, keras.layers.Dense(2)]
    model = make("plain", layers=layers)
    first, second = (model.encoder(batch["image"], training=True) for _ in range(2))
    assert not np.allclose(first, second)
    before = values(model.encoder)
    model.train_step(batch)
    assert any(moved(before, model.encoder))


@every_form
@pytest.mark.parametrize("alternating", [False, True])
def test_training_resumes_after_save_and_load(form, alternating, batch, tmp_path):
    weight = 0.5 if form == "semi_supervised" else SigmoidRamp(20)
    model = make(form, weight=weight, alternating=alternating)
    contract.assert_training_resumes(
        model, batch, tmp_path, ramps=form != "semi_supervised"
    )


def test_random_codes_continue_after_save_and_load(batch, tmp_path):
    model = make("plain", layers=[GaussianPosterior(seed=5)])
    model.train_step(batch)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    own, other = (m.encoder(batch["image"], training=True) for m in (model, loaded))
    np.testing.assert_array_equal(own, other)


@every_form
def test_fit_lowers_the_loss_and_evaluate_changes_nothing(form, batch):
    model = make(form, weight=0.01)
    data = tf.data.Dataset.from_tensors(batch)
    history = model.fit(data.repeat(40), epochs=2, verbose=0).history
    assert history["reconstruction"][1] < 0.9 * history["reconstruction"][0]
    before = values(model)
    result = model.evaluate(data, verbose=0, return_dict=True)
    assert set(result) == set(history)
    assert not any(moved(before, model))


def test_predictions_are_reconstructions_or_classes(batch):
    model = make("plain")
    expected = model.decoder(model.encoder(batch["image"], training=False))
    actual = model.predict(batch["image"], verbose=0)
    np.testing.assert_allclose(actual, expected, atol=1e-5)
    model = make("semi_supervised")
    expected, _ = model.encoder(batch["image"], training=False)
    actual = model.predict(batch["image"], verbose=0)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_experiment_moves_codes_towards_the_prior():
    rows = aae_experiment.run(0, Settings(tiny=True)).rows
    first, *_ = rows
    assert rows["AAE"]["ks"] < 0.6 * rows[first]["ks"]


@pytest.mark.slow  # A tiny run of the experiment.
def test_the_tiny_semi_supervised_experiment_learns():
    rows = semi_supervised_experiment.run(0, Settings(tiny=True)).rows
    assert rows["semi-supervised AAE"]["accuracy"] > 0.3
