"""Our adversarial classifier."""

from keras_drnet.adversarial.estimators import AdversarialDebiasingClassifier

PACKAGES = ()  # Results have the versions of ours already.


def fit(data, *, seed, epochs, batch_size, alpha):
    """Train with the optimizers and learning rates that are its defaults."""
    classifier = AdversarialDebiasingClassifier(
        adversarial_weight=alpha,
        batch_size=batch_size,
        max_iter=-(-len(data["target"]) * epochs // batch_size),
        random_state=seed,
    )
    return classifier.fit(
        data["features"], data["target"], sensitive_features=data["group"]
    )


def outputs(classifier, data):
    """Return the predicted classes of held-out people."""
    return {"predicted": classifier.predict(data["test_features"])}
