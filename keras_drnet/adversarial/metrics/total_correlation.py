"""Total correlation of codes, by a new discriminator."""

import numpy as np
from scipy.special import logsumexp
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from keras_drnet.checks.arrays import MATRIX, check_array
from keras_drnet.checks.shapes import check_same_shape

MIN_CODES = 6  # To train on, so that a tenth has an example of either kind.


def fresh_total_correlation(train_codes, test_codes, *, seed=0, **kwargs):
    """Estimate `KL(q(z) | prod_j q(z_j))` of codes, in nats.

    A network that no encoder was trained to mislead is trained to tell codes from codes
    whose elements come from different examples. Its logit T on held-out codes gives a
    lower bound, which a better network makes tighter:

        E_q(z) T - log E_prod exp(T)

    0 means that it found no dependence; by chance it can be slightly less.

    Source: Donsker & Varadhan's bound, as in Belghazi et al., *Mutual Information
    Neural Estimation*, ICML 2018; here T is trained with cross-entropy.

    Args:
        train_codes: `[N, D]`, N at least 6.
        test_codes: `[M, D]`.
        seed: seed of the shuffling and the network.
        **kwargs: arguments of `sklearn.neural_network.MLPClassifier`.

    Raises:
        InputError: codes differ in length, are too few or not finite.
    """
    train_codes = check_array(train_codes, "train_codes", MATRIX, least=MIN_CODES)
    test_codes = check_array(test_codes, "test_codes", MATRIX)
    check_same_shape(train_codes=train_codes, test_codes=test_codes, skip_batch=True)
    rng = np.random.default_rng(seed)
    network = MLPClassifier(
        **{"hidden_layer_sizes": (128, 128), "max_iter": 30} | kwargs,
        early_stopping=True,
        random_state=seed,
    )
    discriminator = make_pipeline(StandardScaler(), network)
    labels = np.repeat([1, 0], len(train_codes))
    shuffled = rng.permuted(train_codes, axis=0)
    discriminator.fit(np.concatenate([train_codes, shuffled]), labels)

    def logits(codes):
        log_p = discriminator.predict_log_proba(codes)
        return log_p[:, 1] - log_p[:, 0]

    shuffled = rng.permuted(test_codes, axis=0)
    ratio = logsumexp(logits(shuffled)) - np.log(len(shuffled))
    return float(logits(test_codes).mean() - ratio)
