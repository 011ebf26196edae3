"""Our FactorVAE and AAE."""

from keras_drnet.adversarial.estimators import AAETransformer, FactorVAETransformer

PACKAGES = ()  # Results have the versions of ours already.


def fit(data, *, system, seed, epochs, batch_size, weight, rates, **sizes):
    """Train a system, `"factor_vae"` or `"aae"`."""
    learning_rate, adversary_learning_rate = rates
    common = sizes | {
        "batch_size": batch_size,
        "max_iter": epochs * -(-len(data["pixels"]) // batch_size),
        "learning_rate": learning_rate,
        "adversary_learning_rate": adversary_learning_rate,
        "random_state": seed,
    }
    transformer = (
        FactorVAETransformer(gamma=weight, likelihood="bernoulli", **common)
        if system == "factor_vae"
        else AAETransformer(adversarial_weight=weight, **common)
    )
    return transformer.fit(data["pixels"])


def outputs(transformer, data):
    """Return the codes of held-out images, and their reconstructions."""
    codes = transformer.transform(data["test_pixels"])
    return {"codes": codes, "decoded": transformer.inverse_transform(codes)}
