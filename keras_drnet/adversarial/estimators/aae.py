"""AAETransformer: codes of rows that are distributed like a prior."""

import keras
from sklearn.utils.validation import check_is_fitted

from keras_drnet.adversarial.distributions import priors
from keras_drnet.adversarial.estimators.base import outputs
from keras_drnet.adversarial.estimators.code_transformer import CodeTransformer
from keras_drnet.adversarial.estimators.seeds import seeded
from keras_drnet.adversarial.systems.aae import AAE
from keras_drnet.checks.numbers import check_count, check_number
from keras_drnet.errors import InputError, choose
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import PriorSample

PRIORS = {"normal": priors.Gaussian, "uniform": priors.UniformCube}


class AAETransformer(CodeTransformer):
    """Codes that are distributed like a prior, and new rows from draws of it.

    Wraps `AAE`.

    Example:

    ```python
    aae = AAETransformer(prior="normal", n_components=2, random_state=0)
    codes = aae.fit_transform(X)
    new_rows = aae.sample(100)
    ```

    Source: Makhzani et al., *Adversarial Autoencoders*, ICLR 2016 workshop.
    """

    # With more, codes of some seeds circle about the prior.
    _momentum = 0.5

    def __init__(
        self,
        *,
        n_components=2,
        prior="normal",
        adversarial_weight=0.02,
        hidden_layer_sizes=(64, 64),
        adversary_hidden_layer_sizes=(64, 64),
        batch_size=128,
        max_iter=2000,
        learning_rate=3e-3,
        adversary_learning_rate=1e-3,
        random_state=None,
        verbose=False,
    ):
        """Set the parameters; `fit` checks them.

        Args:
            n_components: elements of a code.
            prior: `"normal"`, of mean 0 and deviation 1; `"uniform"` in (-1, 1); or any
                object of `priors` with so many elements, such as
                `priors.GaussianMixture.ring(10)`.
            adversarial_weight: that of the adversarial loss beside the squared error of
                the reconstruction, at least 0. 0: a plain auto-encoder.
            hidden_layer_sizes: units of the encoder's hidden layers, and in reverse of
                the decoder's.
            adversary_hidden_layer_sizes: units of the adversary's.
            batch_size: rows in a batch.
            max_iter: batches to train on.
            learning_rate: that of the auto-encoder at the start; it falls to 0.
            adversary_learning_rate: that of the adversary, likewise.
            random_state: seed of weights, draws and order; a whole number for the same
                result each time.
            verbose: whether there is a progress bar.
        """
        self.n_components = n_components
        self.prior = prior
        self.adversarial_weight = adversarial_weight
        self.hidden_layer_sizes = hidden_layer_sizes
        self.adversary_hidden_layer_sizes = adversary_hidden_layer_sizes
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.adversary_learning_rate = adversary_learning_rate
        self.random_state = random_state
        self.verbose = verbose

    def sample(self, n_samples=1, *, random_state=None):
        """Return new rows, decoded from draws of the prior, float32 `[n_samples, D]`.

        Args:
            n_samples: number of rows.
            random_state: seed of the draws; a whole number for the same each time.

        Raises:
            InputError: the number is below 1.
        """
        check_is_fitted(self)
        check_count(n_samples, "n_samples")
        with seeded(random_state):
            draws = self.model_.adversarial.contrast.prior(n_samples)
        return outputs(self.model_.decoder, keras.ops.convert_to_numpy(draws))

    def _check_training(self):
        super()._check_training()
        check_number(self.adversarial_weight, "adversarial_weight", least=0)

    def _make_prior(self):
        """Return the prior.

        Raises:
            InputError: its name is unknown, or its draws have another length.
        """
        if isinstance(self.prior, str):
            return choose(PRIORS, self.prior, "prior")(self.n_components)
        dim = self.prior(1).shape[1]
        if dim != self.n_components:
            raise InputError(
                f"Draws of the prior have {dim} elements; expected {self.n_components},"
                " as n_components is."
            )
        return self.prior

    def _build(self, num_inputs):
        prior = self._make_prior()
        encoder = self._encoder(num_inputs, self.n_components)
        decoder = self._decoder(num_inputs)
        adversarial = AdversarialLoss(
            self._adversary(),
            PriorSample(prior),
            objective="flipped_labels",
            weight=self.adversarial_weight,
        )
        return AAE(encoder, decoder, adversarial)
