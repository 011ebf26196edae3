"""The tables of the guides to the estimators."""

import statistics

from measured import read, table

FAIR_ESTIMATORS = {
    "AdversarialDebiasingClassifier": "adversarial debiasing",
    "LAFTRClassifier": "LAFTR",
}


def spread(values):
    """Write the mean and the standard deviation of seeds: 0.812 ± 0.003."""
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values):.3f}"


def fairness():
    """Accuracy and parity gap of fair classifiers, by the adversary's weight."""
    columns = {"": [], "adversarial_weight": [], "accuracy": [], "parity gap": []}
    for name, points in read("estimators/fairness")["curves"].items():
        for weight, found in points.items():
            columns[""].append(FAIR_ESTIMATORS[name])
            columns["adversarial_weight"].append(weight)
            columns["accuracy"].append(spread(found["accuracy"]))
            columns["parity gap"].append(spread(found["parity_gap"]))
    return table(columns)


def domains():
    """Accuracy on turned moons, by method."""
    found = read("estimators/domains")["accuracy"]
    return table(
        {
            "method": list(found),
            "accuracy on the target": [spread(values) for values in found.values()],
        }
    )


def priors():
    """Distance of codes of digits from the prior, without and with an adversary."""
    found = read("estimators/priors")["kolmogorov_smirnov"]
    names = ("normal", "uniform")
    return table(
        {"prior": list(names)}
        | {
            title: [spread(found[f"{prior}, {weight}"]) for prior in names]
            for title, weight in (("auto-encoder", "0"), ("AAE", "0.02"))
        }
    )
