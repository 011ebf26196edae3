"""The survey's systems as scikit-learn estimators, for anyone's table.

Rows are examples `[N, D]`, numbers without missing values; an array or a DataFrame.
Each estimator wraps one of `keras_drnet.adversarial.systems`, with multilayer
perceptrons, and keeps it as `model_`: other networks are for the system itself. Scale
columns first, for example with `StandardScaler` in a pipeline.
"""

from keras_drnet.adversarial.estimators.aae import AAETransformer
from keras_drnet.adversarial.estimators.adversarial_debiasing import (
    AdversarialDebiasingClassifier,
)
from keras_drnet.adversarial.estimators.domain_adaptation import (
    DomainAdaptationClassifier,
)
from keras_drnet.adversarial.estimators.factor_vae import FactorVAETransformer
from keras_drnet.adversarial.estimators.fair_representation import FairRepresentation
from keras_drnet.adversarial.estimators.laftr import LAFTRClassifier, LAFTRTransformer

__all__ = [
    "AAETransformer",
    "AdversarialDebiasingClassifier",
    "DomainAdaptationClassifier",
    "FactorVAETransformer",
    "FairRepresentation",
    "LAFTRClassifier",
    "LAFTRTransformer",
]
