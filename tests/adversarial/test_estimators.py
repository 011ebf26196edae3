"""Estimators: equal to their systems, seeds, saving, and scikit-learn's tools."""

import pickle
import random

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from keras_drnet.adversarial.batches import shuffled
from keras_drnet.adversarial.estimators import (
    AAETransformer,
    AdversarialDebiasingClassifier,
    DomainAdaptationClassifier,
    FactorVAETransformer,
    FairRepresentation,
    LAFTRClassifier,
    LAFTRTransformer,
)
from keras_drnet.adversarial.networks import mlp
from keras_drnet.adversarial.systems.adversarial_debiasing import AdversarialDebiasing
from keras_drnet.adversarial.systems.alfr import ALFR
from keras_drnet.adversarial.systems.data_driven_fairness import DataDrivenFairness
from keras_drnet.adversarial.systems.laftr import LAFTR
from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels
from tests.support.tables import TINY, TINY_NETWORKS, make_table

SETTINGS = TINY | TINY_NETWORKS | {"random_state": 3}


def fit_debiasing(X, y, group, **kwargs):
    classifier = AdversarialDebiasingClassifier(**SETTINGS | kwargs)
    return classifier.fit(X, y, sensitive_features=group), classifier.predict_proba


def fit_laftr_classifier(X, y, group, **kwargs):
    classifier = LAFTRClassifier(**SETTINGS | kwargs)
    return classifier.fit(X, y, sensitive_features=group), classifier.predict_proba


def fit_laftr_transformer(X, y, group, **kwargs):
    transformer = LAFTRTransformer(**SETTINGS | kwargs)
    return transformer.fit(X, y, sensitive_features=group), transformer.transform


def fit_alfr(X, y, group, **kwargs):
    representation = FairRepresentation(**SETTINGS | kwargs)
    representation.fit(X, y, sensitive_features=group)
    return representation, representation.transform


def fit_beutel(X, y, group, **kwargs):
    return fit_alfr(X, y, group, method="beutel", **kwargs)


def fit_dann(X, y, group, **kwargs):
    classifier = DomainAdaptationClassifier(**SETTINGS | kwargs)
    return classifier.fit(X, y, X_target=-X), classifier.predict_proba


def fit_adda(X, y, group, **kwargs):
    return fit_dann(X, y, group, method="adda", **kwargs)


def fit_factor_vae(X, y, group, **kwargs):
    transformer = FactorVAETransformer(**SETTINGS | kwargs)
    return transformer.fit(X), transformer.transform


def fit_aae(X, y, group, **kwargs):
    transformer = AAETransformer(**SETTINGS | kwargs)
    return transformer.fit(X), transformer.transform


# Functions that fit an estimator; they return it, and what it does with rows.
FITS = {
    "debiasing": fit_debiasing,
    "laftr_classifier": fit_laftr_classifier,
    "laftr_transformer": fit_laftr_transformer,
    "alfr": fit_alfr,
    "beutel": fit_beutel,
    "dann": fit_dann,
    "adda": fit_adda,
    "factor_vae": fit_factor_vae,
    "aae": fit_aae,
}
every_fit = pytest.mark.parametrize("fit", FITS.values(), ids=FITS)


@pytest.fixture
def table(rng):
    return make_table(rng)


def train_by_hand(model, arrays, optimizers):
    """Trains a system as the estimators with `SETTINGS` do."""
    model.compile(*optimizers)
    data = shuffled(arrays, SETTINGS["batch_size"], seed=3)
    steps = SETTINGS["max_iter"]
    model.fit(data, steps_per_epoch=steps, shuffle=False, verbose=0)
    return model


def decaying(rate):
    return keras.optimizers.schedules.CosineDecay(rate, SETTINGS["max_iter"])


def test_debiasing_is_the_system_trained_by_hand(table):
    X, y, group = table
    keras.utils.set_random_seed(3)
    predictor = mlp(3, 4, 1)
    adversarial = AdversarialLoss(
        mlp((1,), 4, 1, activation="leaky_relu"),
        GroupLabels(balanced=True),
        gradient_rule="projection",
    )
    arrays = {"input": X.astype("float32"), "target": y, "group": group}
    train_by_hand(
        AdversarialDebiasing(predictor, adversarial),
        arrays,
        [keras.optimizers.Adam(decaying(rate)) for rate in (1e-3, 3e-3)],
    )
    logits = np.array(predictor(arrays["input"]))
    _, predict_proba = fit_debiasing(*table)
    np.testing.assert_allclose(
        predict_proba(X)[:, 1:], 1 / (1 + np.exp(-logits)), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("fit", "system", "kwargs", "num_steps"),
    [
        (fit_laftr_transformer, LAFTR, {"adversary_loss": "absolute_error"}, 4),
        (fit_alfr, ALFR, {}, 1),
        (fit_beutel, DataDrivenFairness, {}, 1),
    ],
)
def test_fair_features_are_the_system_trained_by_hand(
    fit, system, kwargs, num_steps, table
):
    X, y, group = table
    keras.utils.set_random_seed(3)
    encoder = mlp(3, 4, 8)
    encoder.add(keras.layers.LayerNormalization(center=False, scale=False))
    predictor = mlp(8, 16, 1)
    adversarial = AdversarialLoss(
        mlp((8,), 4, 1, activation="leaky_relu"),
        GroupLabels(balanced=True),
        weight=4.0 if system is LAFTR else 2.0,
        **kwargs,
    )
    rows = X.astype("float32")
    arrays = {"input": rows, "target": y, "group": group}
    decoder = mlp(8, 4, 3) if system is ALFR else None
    if system is DataDrivenFairness:  # Two batches in the same order.
        arrays |= {"adversary_input": rows, "adversary_group": group}
    model = system(
        encoder, predictor, adversarial, decoder=decoder, num_adversary_steps=num_steps
    )
    optimizers = (
        keras.optimizers.Adam(decaying(1e-3)),
        keras.optimizers.AdamW(3e-3, weight_decay=1.0),
    )
    train_by_hand(model, arrays, optimizers)
    _, transform = fit(*table)
    np.testing.assert_allclose(transform(X), np.array(encoder(rows)), rtol=1e-5)


@every_fit
def test_a_seed_decides_the_result_and_global_generators_stay(fit, table):
    random.seed(7)
    np.random.seed(7)
    states = random.getstate(), np.random.get_state()[1].tolist()
    results = []
    for seed in (1, 1, 2):
        _, apply = fit(*table, random_state=seed)
        assert (random.getstate(), np.random.get_state()[1].tolist()) == states
        results.append(apply(table[0]))
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


def test_a_generator_draws_the_seed_and_none_is_the_global_one(table):
    generators = [np.random.RandomState(5), np.random.RandomState(5)]
    results = [fit_debiasing(*table, random_state=g)[1](table[0]) for g in generators]
    np.testing.assert_array_equal(*results)
    np.random.seed(5)
    _, apply = fit_debiasing(*table, random_state=None)
    np.testing.assert_array_equal(apply(table[0]), results[0])


@every_fit
def test_saving_and_pickling_keep_everything(fit, table, tmp_path):
    rows = pd.DataFrame(table[0], columns=["a", "b", "c"])
    labels = np.array(["no", "yes"])[table[1]]
    estimator, apply = fit(rows, labels, table[2])
    estimator.save(tmp_path / "estimator")
    joblib.dump(estimator, tmp_path / "pickled")
    for copy in (
        type(estimator).load(tmp_path / "estimator"),
        joblib.load(tmp_path / "pickled"),
        pickle.loads(pickle.dumps(estimator)),
    ):
        np.testing.assert_array_equal(getattr(copy, apply.__name__)(rows), apply(rows))
        assert copy.get_params() == estimator.get_params()
        assert vars(copy).keys() == vars(estimator).keys()
        for name in ("classes_", "feature_names_in_"):
            own, other = getattr(copy, name, ()), getattr(estimator, name, ())
            np.testing.assert_array_equal(own, other)


def test_saving_replaces_a_folder(table, tmp_path):
    for weight in (0.0, 1.0):
        fit_debiasing(*table, adversarial_weight=weight)[0].save(tmp_path / "one")
    loaded = AdversarialDebiasingClassifier.load(tmp_path / "one")
    assert loaded.adversarial_weight == 1.0


def test_what_cannot_be_saved_or_loaded_is_one_sentence(table, tmp_path):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        AdversarialDebiasingClassifier().save(tmp_path / "one")
    classifier, _ = fit_debiasing(*table, random_state=np.random.RandomState(0))
    with pytest.raises(InputError, match="random_state is a RandomState"):
        classifier.save(tmp_path / "one")
    with pytest.raises(InputError, match="No estimator in"):
        AdversarialDebiasingClassifier.load(tmp_path / "one")
    classifier.set_params(random_state=0).save(tmp_path / "one")
    description = tmp_path / "one" / "estimator.json"
    description.write_text(description.read_text().replace("AdversarialD", "D"))
    with pytest.raises(InputError, match="holds a DebiasingClassifier of format 1"):
        AdversarialDebiasingClassifier.load(tmp_path / "one")


@every_fit
def test_a_clone_has_the_parameters_and_is_not_fitted(fit, table):
    estimator, _ = fit(*table)
    copy = clone(estimator)
    assert copy.get_params() == estimator.get_params()
    assert not hasattr(copy, "model_")


def test_cross_validation_and_search_pass_sensitive_features_on(table):
    X, y, group = table
    with sklearn.config_context(enable_metadata_routing=True):
        classifier = AdversarialDebiasingClassifier(**SETTINGS)
        classifier.set_fit_request(sensitive_features=True)
        pipeline = make_pipeline(StandardScaler(), classifier)
        params = {"sensitive_features": np.where(group, "a", "b")}
        found = cross_validate(
            pipeline, X, y, cv=2, params=params, return_estimator=True
        )
        assert found["test_score"].shape == (2,)
        for fitted in found["estimator"]:
            assert fitted[-1].groups_[0].tolist() == ["a", "b"]
        name = "adversarialdebiasingclassifier__adversarial_weight"
        search = GridSearchCV(pipeline, {name: [0.0, 1.0]}, cv=2, refit=True)
        search.fit(X, y, **params)
        assert search.best_estimator_[-1].groups_[0].tolist() == ["a", "b"]


def test_verbose_shows_a_progress_bar(table, capsys):
    fit_debiasing(*table, verbose=True)
    assert "3/3" in capsys.readouterr().out
    fit_debiasing(*table)
    assert not capsys.readouterr().out
