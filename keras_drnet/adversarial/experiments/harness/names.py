"""Names in earlier releases: still accepted by `--system`, and read in results."""

CURRENT = {
    "beutel": "data_driven_fairness",
    "neighbour": "neighbor",
    "predictability minimisation": "predictability minimization",
    "predictability_minimisation": "predictability_minimization",
    "zhang": "adversarial_debiasing",
    "zhang_toy": "adversarial_debiasing_toy",
}


def current(name):
    """Return the present name of an experiment, a row or a metric."""
    return CURRENT.get(name, name)
