"""fairlearn's adversarial classifier."""

import torch
from fairlearn.adversarial import AdversarialFairnessClassifier
from torch import nn

PACKAGES = ("fairlearn", "torch")


def fit(data, *, seed, epochs, batch_size, alpha):
    """Train with the optimizers and learning rates that are its defaults."""
    # Networks of its own are the same for every seed: it seeds PyTorch with a fraction,
    # which is rounded to 0.
    torch.manual_seed(seed)
    classifier = AdversarialFairnessClassifier(
        backend="torch",
        predictor_model=nn.Sequential(
            nn.Linear(data["features"].shape[1], 32),
            nn.ReLU(),
            nn.Linear(32, 1),
            nn.Sigmoid(),
        ),
        adversary_model=nn.Sequential(
            nn.Linear(1, 64),
            nn.LeakyReLU(),
            nn.Linear(64, 64),
            nn.LeakyReLU(),
            nn.Linear(64, 1),
            nn.Sigmoid(),
        ),
        alpha=alpha,
        epochs=epochs,
        batch_size=batch_size,
        shuffle=True,
        random_state=seed,
    )
    return classifier.fit(
        data["features"], data["target"], sensitive_features=data["group"]
    )


def outputs(classifier, data):
    """Return the predicted classes of held-out people."""
    return {"predicted": classifier.predict(data["test_features"])}
