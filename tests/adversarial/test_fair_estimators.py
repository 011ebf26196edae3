"""Fair estimators: labels, groups and tables of any kind, and what does not fit."""

import functools

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from keras_drnet.adversarial.estimators import (
    AdversarialDebiasingClassifier,
    FairRepresentation,
    LAFTRClassifier,
    LAFTRTransformer,
)
from keras_drnet.adversarial.metrics.fairness import fairness
from keras_drnet.data.datasets.adult import generated_census
from keras_drnet.errors import InputError, TrainingError
from tests.support.tables import TINY, TINY_NETWORKS, make_table

CLASSES = [AdversarialDebiasingClassifier, LAFTRTransformer, FairRepresentation]
every_estimator = pytest.mark.parametrize("cls", CLASSES)


def make(cls, **kwargs):
    return cls(**TINY | TINY_NETWORKS | {"random_state": 0} | kwargs)


@every_estimator
def test_labels_and_groups_of_any_values_train_the_same_networks(cls, rng):
    X, y, group = make_table(rng)
    results = []
    for labels, groups in (
        ([0, 1], [0, 1]),
        (["no", "yes"], [1, 2]),
        (np.array([False, True], object), np.array(["a", "b"], object)),
    ):
        own_y, own_group = np.array(labels)[y], np.array(groups)[group]
        # A notion that needs to know which label is the second.
        estimator = make(cls, notion="opportunity")
        estimator.fit(X, own_y, sensitive_features=own_group)
        assert estimator.classes_.tolist() == list(labels)
        assert [values.tolist() for values in estimator.groups_] == [list(groups)]
        results.append(estimator.model_.predictor.get_weights())
    for weights in results[1:]:
        for one, other in zip(weights, results[0], strict=True):
            np.testing.assert_array_equal(one, other)


@every_estimator
@pytest.mark.parametrize("notion", ["parity", "odds"])
def test_several_classes_and_attributes(cls, notion, rng):
    X, y, _ = make_table(rng, num_classes=3)
    people = pd.DataFrame(
        {
            "age": pd.Categorical(rng.permutation(["old", "young"] * 20)),
            "citizen": rng.permutation([True, False] * 20),
            "region": rng.permutation([1, 2, 3, 4] * 10),
        }
    )
    estimator = make(cls, notion=notion).fit(X, y, sensitive_features=people)
    assert [len(values) for values in estimator.groups_] == [2, 2, 4]
    assert estimator.model_.adversarial.contrast.num_groups == 16
    assert estimator.model_(X.astype("float32")).shape == (40, 3)


@every_estimator
def test_without_sensitive_features_there_is_a_warning_and_no_adversary(cls, rng):
    X, y, _ = make_table(rng)
    with pytest.warns(UserWarning, match="no sensitive_features"):
        estimator = make(cls).fit(X, y)
    assert estimator.groups_ == []
    assert estimator.model_.adversarial.weight == 0.0


def groups_of(values):
    def change(X, y, group):
        return X, y, values(group)

    return change


def labels_of(values):
    def change(X, y, group):
        return X, values(y), group

    return change


def rows_of(values):
    def change(X, y, group):
        return values(X), y, group

    return change


# The same code for all.
@pytest.mark.parametrize("cls", [AdversarialDebiasingClassifier, LAFTRTransformer])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (groups_of(np.zeros_like), "sensitive_features has one group, 0; expected"),
        (groups_of(lambda g: g[:-1]), "is 39 and X has 40 rows"),
        (groups_of(lambda g: np.where(g, 1.0, np.nan)), "values of sens.* are missing"),
        (groups_of(lambda g: [None, *g[1:]]), "1 values of sens.* are missing"),
        (groups_of(lambda g: pd.Series(["a", None] * 20)), "20 values of sens"),
        (
            groups_of(lambda g: pd.Series([True, pd.NA] * 20, dtype="boolean")),
            "20 values of sens",
        ),
        (
            groups_of(lambda g: pd.DataFrame({"a": g, "b": "same"})),
            "column 1 of sensitive_features has one group, 'same'",
        ),
        (groups_of(lambda g: np.array(["a", 1] * 20, object)), "types .'int', 'str'"),
        (groups_of(lambda g: np.zeros((40, 2, 2))), r"expected \[N\] or"),
        (groups_of(lambda g: 3), r"expected \[N\] or"),
        (labels_of(np.ones_like), "y has one class, 1; expected at least two"),
        (labels_of(lambda y: np.where(y, "a", None)), "y lacks 20 labels"),
        (labels_of(lambda y: y[:-1]), "inconsistent numbers of samples"),
        (labels_of(lambda y: y + 0.5), "Unknown label type: continuous"),
        (rows_of(lambda X: np.where(X < 0, np.nan, X)), "Input X contains NaN"),
        (rows_of(lambda X: X[:, 0]), "Expected 2D array"),
        (
            rows_of(lambda X: pd.DataFrame(X, columns=list("abc")).assign(name="Ada")),
            "could not convert string to float: 'Ada'",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence(cls, change, message, rng):
    X, y, group = change(*make_table(rng))
    with pytest.raises(ValueError, match=message):
        make(cls).fit(X, y, sensitive_features=group)


@every_estimator
@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"notion": "justice"}, "Unknown notion 'justice'"),
        ({"adversarial_weight": -1}, "adversarial_weight is -1"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
    ],
)
def test_a_bad_parameter_is_found_in_fit(cls, kwargs, message, rng):
    X, y, group = make_table(rng)
    with pytest.raises(InputError, match=message):
        make(cls, **kwargs).fit(X, y, sensitive_features=group)


@every_estimator
def test_opportunity_needs_two_classes(cls, rng):
    X, y, group = make_table(rng, num_classes=3)
    with pytest.raises(InputError, match="3 classes; expected two"):
        make(cls, notion="opportunity").fit(X, y, sensitive_features=group)


def test_beutel_sees_the_rows_of_known_group_alone(rng):
    X, y, group = make_table(rng)
    some = np.where(np.arange(40) < 10, np.where(group, "a", "b"), None)
    settings = {"method": "beutel", "max_iter": 1, "batch_size": 64}
    whole = make(FairRepresentation, **settings).fit(X, y, sensitive_features=some)
    others = X.copy()
    others[10:] += 1.0
    other = make(FairRepresentation, **settings).fit(others, y, sensitive_features=some)
    # The adversary's step, which comes before the encoder's first has any effect on
    # it, is of these rows.
    for one, same in zip(
        whole.model_.adversarial.adversary.get_weights(),
        other.model_.adversarial.adversary.get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(one, same)
    with pytest.raises(InputError, match="30 values of sensitive_features are missing"):
        make(FairRepresentation).fit(X, y, sensitive_features=some)


def test_beutels_opportunity_needs_rows_of_the_second_class(rng):
    X, y, group = make_table(rng)
    some = np.where(y == 0, np.where(group, "a", "b"), None)
    representation = make(FairRepresentation, method="beutel", notion="opportunity")
    with pytest.raises(InputError, match="No row of the class 1 has"):
        representation.fit(X, y, sensitive_features=some)


def test_an_unknown_method_is_named(rng):
    X, y, group = make_table(rng)
    with pytest.raises(InputError, match="Unknown method 'alf'.*Did you mean 'alfr'"):
        make(FairRepresentation, method="alf").fit(X, y, sensitive_features=group)


@pytest.mark.parametrize("num_groups", [2, 3])
def test_laftrs_decoder_is_told_the_group(num_groups, rng):
    X, y, group = make_table(rng, num_groups=num_groups)
    transformer = make(LAFTRTransformer, n_components=5, reconstruction_weight=0.5)
    transformer.fit(X, y, sensitive_features=group)
    shapes = [tensor.shape[1] for tensor in transformer.model_.decoder.inputs]
    assert shapes == [5, 1 if num_groups == 2 else 3]
    assert transformer.model_.reconstruction_weight == 0.5


def test_features_have_names_for_a_data_frame(rng):
    X, y, group = make_table(rng)
    transformer = make(LAFTRTransformer, n_components=3).set_output(transform="pandas")
    transformer.fit(X, y, sensitive_features=group)
    names = [f"laftrtransformer{k}" for k in range(3)]
    assert transformer.transform(X).columns.tolist() == names


def test_a_loss_that_is_not_finite_is_an_error(rng):
    X, y, group = make_table(rng)
    classifier = make(AdversarialDebiasingClassifier, learning_rate=1e30)
    with pytest.raises(TrainingError, match="Scale the columns"):
        classifier.fit(1e30 * X, y, sensitive_features=group)


def test_a_table_of_mixed_types_goes_through_a_column_transformer(rng):
    X, y, group = make_table(rng)
    table = pd.DataFrame(X, columns=["age", "hours", "wage"]).assign(
        work=pd.Categorical(rng.choice(["state", "own"], 40)), married=X[:, 0] > 0
    )
    table.loc[::7, "age"] = np.nan
    classifier = make_pipeline(
        ColumnTransformer(
            [
                (
                    "numbers",
                    make_pipeline(SimpleImputer(), StandardScaler()),
                    ["age", "hours", "wage"],
                ),
                ("categories", OneHotEncoder(), ["work", "married"]),
            ]
        ),
        make(AdversarialDebiasingClassifier),
    )
    sex = pd.Series(np.where(group, "male", "female"))
    classifier.fit(table, y, adversarialdebiasingclassifier__sensitive_features=sex)
    assert classifier.predict(table).shape == (40,)
    assert classifier[-1].n_features_in_ == 7


@pytest.mark.slow  # A thousand steps, twice.
@pytest.mark.parametrize(
    "make_one",
    [
        AdversarialDebiasingClassifier,
        LAFTRClassifier,
        FairRepresentation,
        functools.partial(FairRepresentation, method="beutel"),
        lambda **kwargs: make_pipeline(
            LAFTRTransformer(**kwargs), LogisticRegression()
        ),
    ],
)
def test_the_gap_falls_at_little_cost(make_one):
    train, test = (generated_census(600, seed=seed) for seed in (0, 1))
    plain, fair = (
        fairness(fitted(one, train).predict(test.features), test.target, test.group)
        for one in (
            make_one(adversarial_weight=0.0, random_state=0),
            make_one(random_state=0),
        )
    )
    assert fair["parity_gap"] < 0.5 * plain["parity_gap"]
    assert fair["accuracy"] > plain["accuracy"] - 0.03


def fitted(estimator, census):
    prefix = "laftrtransformer__" if isinstance(estimator, Pipeline) else ""
    groups = {f"{prefix}sensitive_features": census.group}
    return estimator.fit(census.features, census.target, **groups)
