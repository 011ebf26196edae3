"""scikit-learn's own checks of estimators, all of them."""

import pytest
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

# Enough to separate the blobs of the checks.
SETTINGS = {
    "max_iter": 100,
    "batch_size": 32,
    "learning_rate": 1e-2,
    "hidden_layer_sizes": (16,),
    "adversary_hidden_layer_sizes": (8,),
}


@pytest.mark.slow  # Some hundred fits.
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
    check(estimator)
