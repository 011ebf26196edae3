"""Measures and draws what the guides to the estimators show.

Usage:

    python docs/estimators.py            # all guides
    python docs/estimators.py fairness   # one: fairness, domains, factors or priors

Writes docs/results/estimators/NAME.json and docs/images/NAME.png. Data are generated or
come with scikit-learn. The settings were chosen on other seeds.
"""

import json
import sys
import warnings

import numpy as np
from estimator_tables import FAIR_ESTIMATORS
from matplotlib.figure import Figure
from measured import RESULTS
from sklearn.datasets import load_digits, make_moons
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

from keras_drnet.adversarial import estimators
from keras_drnet.adversarial.estimators.base import outputs
from keras_drnet.adversarial.experiments.data import factor_images
from keras_drnet.adversarial.metrics.fairness import fairness
from keras_drnet.adversarial.metrics.two_sample import kolmogorov_smirnov
from keras_drnet.data.datasets.adult import generated_census

IMAGES = RESULTS.parent / "images"
SEEDS = range(20, 25)
PRIOR_SEEDS = range(30, 35)  # Those above had a part in the choice of AAE's settings.
WEIGHTS = {
    "AdversarialDebiasingClassifier": (0.0, 0.03, 0.1, 0.3, 1.0),
    "LAFTRClassifier": (0.0, 0.5, 1.0, 2.0, 4.0),
}
METHODS = ("source alone", "dann", "confusion", "adda")


def measure_fairness():
    """Return accuracy and parity gap over the weight, and draw them as curves."""
    test = generated_census(8000, seed=1000)
    curves = {}
    for name, weights in WEIGHTS.items():
        curves[name] = {}
        for weight in weights:
            found = [fairness_of(name, weight, seed, test) for seed in SEEDS]
            curves[name][f"{weight:g}"] = {
                key: [one[key] for one in found] for key in ("accuracy", "parity_gap")
            }
            print(name, weight, curves[name][f"{weight:g}"], flush=True)
    figure = Figure(figsize=(6, 4))
    axis = figure.subplots()
    for name, points in curves.items():
        gaps, accuracies = (
            np.array([point[key] for point in points.values()])
            for key in ("parity_gap", "accuracy")
        )
        axis.errorbar(
            gaps.mean(1),
            accuracies.mean(1),
            accuracies.std(1),
            gaps.std(1),
            marker="o",
            capsize=2,
            label=FAIR_ESTIMATORS[name],
        )
        for weight, x, y in zip(points, gaps.mean(1), accuracies.mean(1), strict=True):
            axis.annotate(weight, (x, y), (4, -10), textcoords="offset points")
    axis.set(xlabel="parity gap (0: fair)", ylabel="accuracy", xlim=(0, None))
    axis.legend(title="by adversarial_weight")
    return {"train_rows": 2000, "test_rows": 8000, "curves": curves}, figure


def fairness_of(name, weight, seed, test):
    """Return the metrics of a classifier of 2,000 made-up people."""
    train = generated_census(2000, seed=seed)
    classifier = getattr(estimators, name)(
        adversarial_weight=weight, random_state=seed
    ).fit(train.features, train.target, sensitive_features=train.group)
    return fairness(classifier.predict(test.features), test.target, test.group)


def moons(seed, degrees):
    """Return 300 points of two moons that are turned, and their labels."""
    points, labels = make_moons(300, noise=0.08, random_state=seed)
    angle, center = np.deg2rad(degrees), np.array([0.5, 0.25])
    turn = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    return (points - center) @ turn + center, labels


def measure_domains():
    """Return accuracies on turned moons, and draw regions and features."""
    accuracies = {method: [] for method in METHODS}
    figure = Figure(figsize=(10, 5.4), layout="constrained")
    axes = figure.subplots(2, len(METHODS))
    for seed in SEEDS:
        source, target = moons(seed, 0), moons(1000 + seed, 35)
        for k, method in enumerate(METHODS):
            is_adapted = method in ("dann", "confusion", "adda")
            classifier = estimators.DomainAdaptationClassifier(
                method=method if is_adapted else "dann", random_state=seed
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # That there is no target.
                classifier.fit(*source, X_target=target[0] if is_adapted else None)
            accuracies[method].append(classifier.score(*target))
            if seed == SEEDS[0]:
                axes[0, k].set_title(f"{method}: {accuracies[method][0]:.0%}")
                draw_regions(axes[0, k], classifier, source, target)
                draw_features(axes[1, k], classifier, source[0], target[0])
        print(seed, accuracies, flush=True)
    return {"rows": 300, "degrees": 35, "accuracy": accuracies}, figure


def draw_regions(axis, classifier, source, target):
    """Draw how the plane is classified, and the points of both domains."""
    x, y = np.meshgrid(np.linspace(-1.5, 2.5, 80), np.linspace(-1.5, 2.0, 80))
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    classes = classifier.predict_proba(grid)[:, 1].reshape(x.shape)
    axis.contourf(x, y, classes, levels=[0, 0.5, 1], colors=["C0", "C1"], alpha=0.2)
    colors = np.array(["C0", "C1"])
    axis.scatter(*source[0].T, c=colors[source[1]], s=3, alpha=0.3)
    axis.scatter(*target[0].T, c=colors[target[1]], s=14, marker="+")
    axis.axis("off")


def draw_features(axis, classifier, source, target):
    """Draw the first two principal components of both domains' features."""
    model = classifier.model_
    if hasattr(model, "source_encoder"):
        encoders = model.source_encoder, model.target_encoder
    else:
        encoder = model.encoder if hasattr(model, "encoder") else model.layers[0]
        encoders = encoder, encoder
    features = [
        outputs(encoder, rows.astype(np.float32))
        for encoder, rows in zip(encoders, (source, target), strict=True)
    ]
    plane = PCA(2).fit(np.concatenate(features))
    for rows, style in zip(features, ({"s": 5}, {"s": 14, "marker": "+"}), strict=True):
        axis.scatter(*plane.transform(rows).T, **style)
    axis.set(xticks=[], yticks=[], xlabel="features: source ., target +")


def measure_factors():
    """Return nothing measured, and draw traversals of the elements of codes."""
    images, _ = factor_images.draw_all()
    pixels = images.reshape(len(images), -1)
    vae = estimators.FactorVAETransformer(
        n_components=6,
        likelihood="bernoulli",
        hidden_layer_sizes=(256, 256),
        max_iter=6000,
        learning_rate=5e-4,
        random_state=SEEDS[0],
    )
    codes = vae.fit_transform(pixels)
    lines = []
    for element in range(codes.shape[1]):
        swept = np.tile(codes.mean(axis=0), (9, 1))
        swept[:, element] = np.linspace(*np.quantile(codes[:, element], [0, 1]), 9)
        decoded = vae.inverse_transform(swept).reshape(-1, *images.shape[1:3])
        lines.append(np.concatenate(list(decoded), axis=1))
    figure = Figure(figsize=(6, 4))
    axis = figure.subplots()
    axis.imshow(np.concatenate(lines), cmap="gray")
    axis.set_title("an element of the code a line, least value to greatest")
    axis.axis("off")
    return None, figure


def measure_priors():
    """Return the distances of codes from priors, and draw codes of digits."""
    pixels, labels = load_digits(return_X_y=True)
    pixels = pixels / 16.0
    distances, drawn = {}, {}
    for prior in ("normal", "uniform"):
        for weight in (0.0, 0.02):
            key = f"{prior}, {weight:g}"
            distances[key] = []
            for seed in PRIOR_SEEDS:
                train, test, _, digit = train_test_split(
                    pixels, labels, random_state=seed
                )
                aae = estimators.AAETransformer(
                    prior=prior, adversarial_weight=weight, random_state=seed
                ).fit(train)
                codes = aae.transform(test)
                rng = np.random.default_rng(seed)
                draws = (
                    rng.normal(size=(20_000, 2))
                    if prior == "normal"
                    else rng.uniform(-1, 1, (20_000, 2))
                )
                distances[key].append(float(kolmogorov_smirnov(codes, draws).max()))
                drawn.setdefault(key, (codes, digit, aae))
            print(key, distances[key], flush=True)
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    axes = figure.subplots(1, 4)
    shown = {
        "auto-encoder": "normal, 0",
        "AAE, normal prior": "normal, 0.02",
        "AAE, uniform prior": "uniform, 0.02",
    }
    for axis, (title, key) in zip(axes, shown.items(), strict=False):
        codes, digit, _ = drawn[key]
        axis.scatter(*codes.T, c=digit, cmap="tab10", s=5)
        axis.set(title=title, aspect="equal")
    samples = drawn["normal, 0.02"][2].sample(64, random_state=0).reshape(8, 8, 8, 8)
    axes[-1].imshow(
        np.block([list(line) for line in samples]), cmap="gray_r", vmin=0, vmax=1
    )
    axes[-1].set_title("sample(64), normal prior")
    axes[-1].axis("off")
    result = {"test_rows": 450, "kolmogorov_smirnov": distances}
    return {"seeds": list(PRIOR_SEEDS)} | result, figure


GUIDES = {
    "fairness": measure_fairness,
    "domains": measure_domains,
    "factors": measure_factors,
    "priors": measure_priors,
}


def main():
    """Measure and draw the guides of the command line, or all."""
    for name in sys.argv[1:] or GUIDES:
        result, figure = GUIDES[name]()
        figure.savefig(IMAGES / f"{name}.png", dpi=110, bbox_inches="tight")
        if result:
            facts = {"command": f"python docs/estimators.py {name}"}
            facts |= {"seeds": list(SEEDS)} | result
            path = RESULTS / "estimators" / f"{name}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
