"""Adversarial losses in feature space: one abstraction, and the systems built on it.

`AdversarialLoss` puts together an adversary, a contrast, an adversary loss and an
objective. The systems are `keras.Model`s that take one: any objective goes where
another stood. The names below are loaded when they are first used.
"""

import importlib

_MODULES = {
    "AAE": "systems.aae",
    "ADDA": "systems.adda",
    "ALFR": "systems.alfr",
    "AVB": "systems.avb",
    "AdversarialDebiasing": "systems.adversarial_debiasing",
    "AdversarialLoss": "feature_loss",
    "AdversarialLossSum": "loss_sum",
    "AdversarialModel": "adversarial_model",
    "BiGAN": "systems.bigan",
    "DANN": "systems.dann",
    "DataDrivenFairness": "systems.data_driven_fairness",
    "DomainConfusion": "systems.domain_confusion",
    "FactorVAE": "systems.factor_vae",
    "GradientReversal": "gradient_reversal",
    "GroupLabels": "contrasts",
    "JointPair": "contrasts",
    "LAFTR": "systems.laftr",
    "LeaveOneOut": "contrasts",
    "PermuteDims": "contrasts",
    "PowerLaw": "schedules",
    "PredictabilityMinimisation": "systems.predictability_minimisation",
    "PriorSample": "contrasts",
    "SamePair": "contrasts",
    "SemiSupervisedAAE": "systems.semi_supervised_aae",
    "SigmoidRamp": "schedules",
    "group_leakage": "measures.leakage",
    "proxy_a_distance": "measures.leakage",
    "reverse_gradient": "gradient_reversal",
}

__all__ = sorted(_MODULES)


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    return getattr(module, name)
