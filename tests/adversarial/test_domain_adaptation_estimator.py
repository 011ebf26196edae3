"""DomainAdaptationClassifier: its systems, what does not fit, and rotated moons."""

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from sklearn.datasets import make_moons

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.adversarial.estimators import DomainAdaptationClassifier
from keras_drnet.adversarial.networks import mlp
from keras_drnet.adversarial.systems.adda import ADDA
from keras_drnet.adversarial.systems.dann import DANN
from keras_drnet.adversarial.systems.domain_confusion import DomainConfusion
from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.schedules import SigmoidRamp
from tests.support.tables import TINY, TINY_NETWORKS, make_table

SYSTEMS = {"dann": DANN, "confusion": DomainConfusion, "adda": ADDA}
every_method = pytest.mark.parametrize("method", SYSTEMS)


def make(**kwargs):
    settings = TINY | TINY_NETWORKS | {"random_state": 3} | kwargs
    return DomainAdaptationClassifier(**settings)


@every_method
@pytest.mark.parametrize("num_classes", [2, 3])
def test_labels_of_any_values_and_a_target_of_any_length(method, num_classes, rng):
    X, y, _ = make_table(rng, num_classes=num_classes)
    labels = np.array(["a", "b", "c"])[y]
    target = rng.normal(size=(17, 3))
    classifier = make(method=method).fit(X, labels, X_target=target)
    assert isinstance(classifier.model_, SYSTEMS[method])
    assert classifier.classes_.tolist() == ["a", "b", "c"][:num_classes]
    assert set(classifier.predict(target)) <= {"a", "b", "c"}
    probabilities = classifier.predict_proba(target)
    assert probabilities.shape == (17, num_classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.parametrize("method", ["dann", "confusion"])
def test_it_is_the_system_trained_by_hand(method, rng):
    X, y, _ = make_table(rng)
    target = rng.normal(size=(17, 3))
    keras.utils.set_random_seed(3)
    encoder, classifier = mlp(3, 4, output_activation="relu"), mlp(4, 1)
    objectives = {"dann": "gradient_reversal", "confusion": "uniform_target"}
    adversarial = AdversarialLoss(
        mlp(4, 4, 1),
        GroupLabels(2),
        objective=objectives[method],
        weight=SigmoidRamp(3, limit=0.5),
    )
    model = SYSTEMS[method](encoder, classifier, adversarial)
    decay = keras.optimizers.schedules.CosineDecay
    model.compile(
        keras.optimizers.Adam(decay(1e-2, 3)), keras.optimizers.Adam(decay(1e-3, 3))
    )
    rows = X.astype("float32")
    data = tf.data.Dataset.zip(
        shuffled({"source": rows, "label": y}, 16, seed=3),
        shuffled({"target": target.astype("float32")}, 16, seed=3),
    ).map(lambda one, other: one | other)
    model.fit(data, steps_per_epoch=3, shuffle=False, verbose=0)
    estimator = make(
        method=method,
        adversarial_weight=0.5,
        learning_rate=1e-2,
        adversary_learning_rate=1e-3,
    ).fit(X, y, X_target=target)
    logits = np.array(model(rows))
    np.testing.assert_allclose(
        estimator.predict_proba(X)[:, 1:], 1 / (1 + np.exp(-logits)), rtol=1e-5
    )


def test_adda_starts_from_the_classifier_of_the_source(rng):
    X, y, _ = make_table(rng)
    with pytest.warns(UserWarning, match="no X_target and is trained on the source"):
        alone = make(method="adda").fit(X, y)
    adapted = make(method="adda", adversary_learning_rate=1e-9).fit(X, y, X_target=X)
    before = alone.model_.get_weights()
    model = adapted.model_
    frozen = model.source_encoder.get_weights() + model.classifier.get_weights()
    for one, same in zip(before, frozen, strict=True):
        np.testing.assert_array_equal(one, same)
    moved = [
        np.abs(one - other).max()
        for one, other in zip(before, model.target_encoder.get_weights(), strict=False)
    ]
    # A tenth of the rate, and Adam's steps are at most about the rate.
    assert 0 < max(moved) < 2 * 3 * 0.1 * adapted.learning_rate


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"method": "dan"}, "Unknown method 'dan'.*Did you mean 'dann'"),
        ({"hidden_layer_sizes": ()}, "hidden_layer_sizes is empty"),
        ({"adversarial_weight": -1.0}, "adversarial_weight is -1"),
    ],
)
def test_a_bad_parameter_is_found_in_fit(kwargs, message, rng):
    X, y, _ = make_table(rng)
    with pytest.raises(InputError, match=message):
        make(**kwargs).fit(X, y, X_target=X)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.zeros((5, 2)), "X has 2 features, but .* is expecting 3"),
        (np.full((5, 3), np.nan), "contains NaN"),
        (pd.DataFrame(np.zeros((5, 3)), columns=["a", "b", "z"]), "feature names"),
    ],
)
def test_a_target_that_does_not_fit_is_one_sentence(target, message, rng):
    X, y, _ = make_table(rng)
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    with pytest.raises(ValueError, match=message):
        make().fit(table, y, X_target=target)


def test_one_class_is_one_sentence(rng):
    X, y, _ = make_table(rng)
    with pytest.raises(InputError, match="y has one class, 0"):
        make().fit(X, np.zeros_like(y), X_target=X)


@pytest.mark.slow  # A thousand steps and more.
@every_method
def test_the_target_is_classified_better_than_by_the_source_alone(method):
    def moons(seed, degrees):
        rows, labels = make_moons(300, noise=0.08, random_state=seed)
        angle, center = np.deg2rad(degrees), [0.5, 0.25]
        turn = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        return (rows - center) @ turn + center, labels

    # The first seed of the guide.
    source, (target, labels) = moons(20, 0), moons(1020, 35)
    with pytest.warns(UserWarning, match="the source alone"):
        alone = DomainAdaptationClassifier(random_state=20).fit(*source)
    adapted = DomainAdaptationClassifier(method=method, random_state=20)
    adapted.fit(*source, X_target=target)
    assert adapted.score(target, labels) > alone.score(target, labels) + 0.1
