"""scikit-learn's own checks of estimators, all of them."""

import pytest
import tensorflow as tf
from sklearn.utils.estimator_checks import parametrize_with_checks

from keras_drnet.adversarial.estimators import (
    AAETransformer,
    AdversarialDebiasingClassifier,
    DomainAdaptationClassifier,
    FactorVAETransformer,
    FairRepresentation,
    LAFTRClassifier,
    LAFTRTransformer,
)

SETTINGS = {
    "max_iter": 2,
    "batch_size": 32,
    "learning_rate": 1e-2,
    "hidden_layer_sizes": (16,),
    "adversary_hidden_layer_sizes": (8,),
}
# Checks that a classifier learns, and steps enough to separate their blobs.
LEARNING = ("check_classifiers_train", "check_classifiers_classes")
NUM_STEPS = 100


@pytest.fixture(autouse=True)
def _eager():
    """Tracing takes longer than a few steps."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.slow  # Hundreds of fits.
@pytest.mark.filterwarnings("ignore:.*was given no (sensitive_features|X_target)")
@parametrize_with_checks(
    [
        AdversarialDebiasingClassifier(**SETTINGS),
        LAFTRClassifier(**SETTINGS, num_adversary_steps=1),
        LAFTRTransformer(**SETTINGS, num_adversary_steps=1),
        FairRepresentation(**SETTINGS),
        FairRepresentation(**SETTINGS, method="beutel"),
        DomainAdaptationClassifier(**SETTINGS),
        FactorVAETransformer(**SETTINGS),
        AAETransformer(**SETTINGS),
    ]
)
def test_scikit_learns_check_passes(estimator, check):
    if check.func.__name__ in LEARNING:
        estimator.set_params(max_iter=NUM_STEPS)
    check(estimator)
