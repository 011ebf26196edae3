"""FactorVAETransformer: codes of rows with independent elements."""

from scipy.special import expit

from keras_drnet.adversarial.distributions.likelihoods import (
    BernoulliLikelihood,
    GaussianLikelihood,
)
from keras_drnet.adversarial.estimators.code_transformer import CodeTransformer
from keras_drnet.adversarial.networks import fan_in_uniform
from keras_drnet.adversarial.systems.factor_vae import FactorVAE
from keras_drnet.checks.numbers import check_number
from keras_drnet.errors import InputError, choose
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PermuteDims

LIKELIHOODS = {"bernoulli": BernoulliLikelihood, "gaussian": GaussianLikelihood}


class FactorVAETransformer(CodeTransformer):
    """Codes whose elements are independent: the factors of a table or of images.

    Wraps `FactorVAE`. `transform` returns the means of the codes.

    Example:

    ```python
    factors = FactorVAETransformer(n_components=4, gamma=10.0, random_state=0)
    codes = factors.fit_transform(X)
    rows = factors.inverse_transform(codes)
    ```

    Source: Kim & Mnih, *Disentangling by Factorizing*, ICML 2018.
    """

    # With Keras' own, which has larger kernels and no biases, elements of the code are
    # less well aligned with the factors.
    _initialize = staticmethod(fan_in_uniform)

    def __init__(
        self,
        *,
        n_components=4,
        gamma=10.0,
        likelihood="gaussian",
        scale=0.5,
        hidden_layer_sizes=(64, 64),
        adversary_hidden_layer_sizes=(128, 128),
        batch_size=128,
        max_iter=2000,
        learning_rate=1e-3,
        adversary_learning_rate=1e-3,
        random_state=None,
        verbose=False,
    ):
        """Set the parameters; `fit` checks them.

        Args:
            n_components: elements of a code.
            gamma: weight of the total correlation, at least 0. 0: a plain variational
                auto-encoder.
            likelihood: `"gaussian"`, or `"bernoulli"` for values in [0, 1], such as
                pixels.
            scale: standard deviation of a value about the decoder's, above 0; with the
                Gaussian alone. Less is a better reconstruction, and codes that are
                further from independent.
            hidden_layer_sizes: units of the encoder's hidden layers, and in reverse of
                the decoder's.
            adversary_hidden_layer_sizes: units of the adversary's.
            batch_size: rows in a batch; half of them train the auto-encoder, and half
                are for the adversary's comparison.
            max_iter: batches to train on.
            learning_rate: that of the auto-encoder at the start; it falls to 0.
            adversary_learning_rate: that of the adversary, likewise.
            random_state: seed of weights, noise and order; a whole number for the same
                result each time.
            verbose: whether there is a progress bar.
        """
        self.n_components = n_components
        self.gamma = gamma
        self.likelihood = likelihood
        self.scale = scale
        self.hidden_layer_sizes = hidden_layer_sizes
        self.adversary_hidden_layer_sizes = adversary_hidden_layer_sizes
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.adversary_learning_rate = adversary_learning_rate
        self.random_state = random_state
        self.verbose = verbose

    def transform(self, X):
        """Return the means of the codes of rows, float32 `[N, n_components]`.

        Args:
            X: rows `[N, D]`.
        """
        return super().transform(X)[:, : self.n_components]

    def inverse_transform(self, Z):
        """Return the rows that the decoder makes of codes, float32 `[N, D]`.

        Args:
            Z: codes `[N, n_components]`.

        Raises:
            InputError: codes have another shape, or are not finite numbers.
        """
        decoded = super().inverse_transform(Z)
        return expit(decoded) if self.likelihood == "bernoulli" else decoded

    def _check_training(self):
        super()._check_training()
        check_number(self.gamma, "gamma", least=0)
        choose(LIKELIHOODS, self.likelihood, "likelihood")

    def _check_examples(self, X):
        if self.likelihood == "bernoulli" and (X.min() < 0 or X.max() > 1):
            raise InputError(
                f"X has values from {X.min():g} to {X.max():g}; expected [0, 1] with "
                "the likelihood 'bernoulli'. Scale them, or choose 'gaussian'."
            )
        return X

    def _build(self, num_inputs):
        own = {"scale": self.scale} if self.likelihood == "gaussian" else {}
        encoder = self._encoder(num_inputs, 2 * self.n_components)
        decoder = self._decoder(num_inputs)
        adversarial = AdversarialLoss(
            self._adversary(),
            PermuteDims(),
            objective="logit_difference",
            weight=self.gamma,
        )
        return FactorVAE(
            encoder, decoder, adversarial, LIKELIHOODS[self.likelihood](**own)
        )
