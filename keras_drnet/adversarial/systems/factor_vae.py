"""FactorVAE: a variational auto-encoder with independent elements of its codes."""

import keras
from keras import ops

from keras_drnet.adversarial.distributions import gaussian
from keras_drnet.adversarial.distributions.likelihoods import BernoulliLikelihood
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class FactorVAE(AdversarialModel):
    """A variational auto-encoder with a penalty on dependent code elements.

        max over encoder, decoder:
            E log p(x|z) - KL(q(z|x) | N(0, I)) - gamma * KL(q(z) | prod_j q(z_j))

    The last divergence is the total correlation of the codes of all examples. Its
    densities are not known, but an adversary T can tell draws of one from draws of the
    other:

        max over T:  E_q(z) log sigma(T(z)) + E_prod log(1 - sigma(T(z)))

    and the optimal T is the logarithm of their ratio, so that `E T(z)` is the total
    correlation: the objective `"logit_difference"`, with gamma as weight. gamma was 10
    to 100 in later comparisons; 0 is a plain variational auto-encoder.

    Batches are dicts: `image`, `[2 B, ...]`. Every other image trains the
    auto-encoder. The rest are only encoded: T contrasts the first ones' codes with
    their codes, each element shuffled. T's own loss must not reach the encoder, where
    it would reduce gamma by `sigma(-T(z)) / 2` at every code.

    Reports, in nats an example: `reconstruction`, `-log p(x|z)`; `divergence`, from the
    prior; `adversarial`, the total correlation by T. `loss` is their weighted sum.
    Codes are drawn in `evaluate` too, as these are losses of draws; `predict` uses the
    means.

    Example:

    ```python
    adversarial = AdversarialLoss(discriminator, PermuteDims(),
                                  objective="logit_difference", weight=10.0)
    vae = FactorVAE(encoder, decoder, adversarial)
    vae.compile(keras.optimizers.Adam(1e-4),
                keras.optimizers.Adam(1e-4, beta_1=0.5, beta_2=0.9))
    vae.fit(dataset, epochs=100)
    codes = vae.encode(images)
    ```

    Differences: T has one output, the difference of the authors' two. In their
    algorithm the first batch is encoded before the encoder's update and the second
    after it; here both before, or both after with `alternating`.

    Source: Kim & Mnih, *Disentangling by Factorizing*, ICML 2018, equation 2 and
    algorithm 2.
    """

    def __init__(
        self,
        encoder,
        decoder,
        adversarial,
        likelihood=None,
        *,
        name="factor_vae",
        **kwargs,
    ):
        """Hold the networks.

        Args:
            encoder: examples `[B, ...]` to `[B, 2 D]`, means and then log-variances of
                codes.
            decoder: codes `[B, D]` to what the likelihood takes.
            adversarial: `AdversarialLoss` with `PermuteDims`, whose adversary takes
                codes.
            likelihood: an object of `likelihoods`; `BernoulliLikelihood()` if left out.
            name: name of the model.
            **kwargs: see `AdversarialModel`.
        """
        super().__init__(
            adversarial, terms=("reconstruction", "divergence"), name=name, **kwargs
        )
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = likelihood or BernoulliLikelihood()

    @property
    def feature_variables(self):
        """The trainable variables of encoder and decoder."""
        return self.encoder.trainable_variables + self.decoder.trainable_variables

    def encode(self, images, training=False):
        """Return codes `[B, D]` of images: their means, or draws in training.

        Raises:
            InputError: the encoder has an odd number of outputs.
        """
        parameters = self.encoder(images, training=training)
        if training:
            return gaussian.draw(parameters)
        return gaussian.split(parameters)[0]

    def call(self, images, training=False):
        """Return the decoder's outputs for the codes of `[B, ...]`."""
        return self.decoder(self.encode(images, training=training), training=training)

    def compute_losses(self, batch, *, training):
        images, other_images = batch["image"][::2], batch["image"][1::2]
        parameters = self.encoder(images, training=training)
        codes = gaussian.draw(parameters)
        decoded = ops.cast(self.decoder(codes, training=training), "float32")
        reconstruction = -ops.mean(self.likelihood.log_prob(images, decoded))
        divergence = ops.mean(gaussian.divergence_from_normal(parameters))
        terms = {
            "loss": reconstruction + divergence,
            "reconstruction": reconstruction,
            "divergence": divergence,
        }
        others = gaussian.draw(self.encoder(other_images, training=training))
        return terms, {"features": codes, "others": others}

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "likelihood": serialize(self.likelihood),
        }
