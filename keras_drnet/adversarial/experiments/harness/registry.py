"""All experiments, by the name of their system."""

from keras_drnet.adversarial.experiments import (
    adaptation,
    debiasing,
    fairness,
    independence,
    inversion,
    mnist_m,
    priors,
    variational,
)

EXPERIMENTS = {
    "digits": adaptation.DIGITS,
    "mnist_m": mnist_m.MNIST_M,
    "alfr": fairness.ALFR,
    "beutel": fairness.BEUTEL,
    "zhang": debiasing.ZHANG,
    "zhang_toy": debiasing.ZHANG_TOY,
    "laftr": fairness.LAFTR,
    "factor_vae": independence.FACTOR_VAE,
    "predictability_minimisation": independence.PREDICTABILITY_MINIMISATION,
    "aae": priors.AAE,
    "semi_supervised_aae": priors.SEMI_SUPERVISED_AAE,
    "avb": variational.AVB,
    "avb_linear": variational.AVB_LINEAR,
    "bigan": inversion.BIGAN,
    "ali_grid": inversion.GRID_ALI,
}
