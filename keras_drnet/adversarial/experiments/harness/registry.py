"""All experiments, by the name of their system."""

from keras_drnet.adversarial.experiments import (
    aae,
    adversarial_debiasing,
    alfr,
    avb,
    bigan,
    data_driven_fairness,
    digits,
    factor_vae,
    laftr,
    mnist_m,
    predictability_minimization,
    semi_supervised_aae,
)
from keras_drnet.adversarial.experiments.peers import aae as pythae_aae
from keras_drnet.adversarial.experiments.peers import debiasing, domains
from keras_drnet.adversarial.experiments.peers import factor_vae as pythae_factor_vae

EXPERIMENTS = {
    "digits": digits.EXPERIMENT,
    "mnist_m": mnist_m.EXPERIMENT,
    "alfr": alfr.EXPERIMENT,
    "data_driven_fairness": data_driven_fairness.EXPERIMENT,
    "adversarial_debiasing": adversarial_debiasing.EXPERIMENT,
    "adversarial_debiasing_toy": adversarial_debiasing.TOY_EXPERIMENT,
    "laftr": laftr.EXPERIMENT,
    "factor_vae": factor_vae.EXPERIMENT,
    "predictability_minimization": predictability_minimization.EXPERIMENT,
    "aae": aae.EXPERIMENT,
    "semi_supervised_aae": semi_supervised_aae.EXPERIMENT,
    "avb": avb.EXPERIMENT,
    "avb_linear": avb.LINEAR_EXPERIMENT,
    "bigan": bigan.EXPERIMENT,
    "ali_grid": bigan.GRID_EXPERIMENT,
}
# Comparisons with other libraries.
PEERS = {
    "fairlearn": debiasing.EXPERIMENT,
    "adapt": domains.EXPERIMENT,
    "pythae_factor_vae": pythae_factor_vae.EXPERIMENT,
    "pythae_aae": pythae_aae.EXPERIMENT,
}
