"""Adversarial losses in feature space: one abstraction, and the systems built on it.

`AdversarialLoss` puts together an adversary, a contrast, an adversary loss and an
objective. The systems are `keras.Model`s that take one: any objective can take the
place of another. The names below are loaded when they are first used.
"""

import importlib
import warnings

_MODULES = {
    "AAE": "adversarial.systems.aae",
    "ADDA": "adversarial.systems.adda",
    "ALFR": "adversarial.systems.alfr",
    "AVB": "adversarial.systems.avb",
    "AdversarialDebiasing": "adversarial.systems.adversarial_debiasing",
    "AdversarialLoss": "losses.adversarial_loss",
    "AdversarialLossSum": "losses.adversarial_loss_sum",
    "AdversarialModel": "training.adversarial_model",
    "BiGAN": "adversarial.systems.bigan",
    "DANN": "adversarial.systems.dann",
    "DataDrivenFairness": "adversarial.systems.data_driven_fairness",
    "DomainConfusion": "adversarial.systems.domain_confusion",
    "FactorVAE": "adversarial.systems.factor_vae",
    "GradientReversal": "losses.gradient_reversal",
    "GroupLabels": "losses.group_labels",
    "JointPair": "losses.contrasts",
    "LAFTR": "adversarial.systems.laftr",
    "LeaveOneOut": "losses.contrasts",
    "PermuteDims": "losses.contrasts",
    "PowerLaw": "losses.schedules",
    "PredictabilityMinimization": "adversarial.systems.predictability_minimization",
    "PriorSample": "losses.contrasts",
    "SamePair": "losses.contrasts",
    "SemiSupervisedAAE": "adversarial.systems.semi_supervised_aae",
    "SigmoidRamp": "losses.schedules",
    "group_leakage": "adversarial.metrics.leakage",
    "proxy_a_distance": "adversarial.metrics.leakage",
    "reverse_gradient": "losses.gradient_reversal",
}

_OLD_NAMES = {"PredictabilityMinimisation": "PredictabilityMinimization"}

__all__ = sorted(_MODULES)


def __dir__():
    return sorted({*globals(), *__all__})


def __getattr__(name):
    if name in _OLD_NAMES:
        warnings.warn(
            f"{__name__}.{name} is now {_OLD_NAMES[name]}.",
            DeprecationWarning,
            stacklevel=2,
        )
        name = _OLD_NAMES[name]
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"keras_drnet.{_MODULES[name]}")
    return getattr(module, name)
