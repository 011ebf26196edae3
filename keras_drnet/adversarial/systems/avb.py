"""AVB: adversarial variational Bayes."""

import keras
from keras import ops

from keras_drnet.checks.shapes import check_same_shape
from keras_drnet.errors import InputError
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class AVB(AdversarialModel):
    """A variational auto-encoder whose posterior may have any shape.

        max over encoder, decoder:  E log p(x|z) - T(z, x)
        max over T:  E log sigma(T(z, x)) + E log(1 - sigma(T(z', x)))

    with z drawn by the encoder, whose density need not be known, and z' drawn from the
    prior. The optimal T is `log q(z|x) - log p(z)`, and then the first line is the
    bound on `log p(x)` that all variational auto-encoders maximize, with
    `"logit_difference"` as objective and weight 1.

    **Adaptive contrast** (section 4): a posterior far from the prior is easily told
    from it, and T learns little about their distance. Let the encoder return
    `(z, mu, sigma)`, the code, its mean and its standard deviation given x, as
    `structured_posterior.StructuredPosterior` does. Then T compares
    `(z - mu) / sigma` with N(0, I), and the rest is known:

        KL(q(z|x) | N(0, I)) = E [T + log r(z|x) - log p(z)],   r = N(mu, diag sigma^2)

    mu and sigma are constants in it: their gradients cancel.

    Batches are dicts: `image`, `[B, ...]`. Reports, in nats an example:
    `reconstruction`, `-log p(x|z)`; `auxiliary`, `log r(z|x) - log p(z)`, 0 without
    adaptive contrast; `adversarial`, T. The last two add up to the divergence, and
    `loss` is minus the bound.

    Example:

    ```python
    adversarial = AdversarialLoss(discriminator, PriorSample(Gaussian(2)),
                                  objective="logit_difference")
    avb = AVB(encoder, decoder, adversarial, BernoulliLikelihood())
    avb.compile(keras.optimizers.Adam(1e-4, beta_1=0.5),
                keras.optimizers.Adam(1e-4, beta_1=0.5))
    avb.fit(dataset, epochs=100)
    ```

    Differences: the noise is drawn within the encoder, by `posteriors.NoiseInput` or
    `StructuredPosterior`. With `num_adversary_steps` and not `alternating`, T takes its
    steps on the same codes and new draws of the prior.

    Source: Mescheder, Nowozin & Geiger, *Adversarial Variational Bayes: Unifying
    Variational Autoencoders and Generative Adversarial Networks*, ICML 2017.
    """

    def __init__(
        self, encoder, decoder, adversarial, likelihood, *, name="avb", **kwargs
    ):
        """Hold the networks.

        Args:
            encoder: examples `[B, ...]` to codes `[B, D]`, or with adaptive contrast to
                a tuple of codes, means and standard deviations.
            decoder: codes to what the likelihood takes.
            adversarial: `AdversarialLoss` with `PriorSample`, whose adversary takes a
                tuple of codes and examples. The prior is `Gaussian(D)` with adaptive
                contrast, else any.
            likelihood: an object of `likelihoods`.
            name: name of the model.
            **kwargs: see `AdversarialModel`.

        Raises:
            InputError: in a call, if the encoder returns something else, or codes,
                means and deviations of different shapes.
        """
        super().__init__(
            adversarial, terms=("reconstruction", "auxiliary"), name=name, **kwargs
        )
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = likelihood

    @property
    def feature_variables(self):
        """The trainable variables of encoder and decoder."""
        return self.encoder.trainable_variables + self.decoder.trainable_variables

    def call(self, images, training=False):
        """Return the decoder's outputs for codes drawn for `[B, ...]`."""
        codes = self.draw_codes(images, training=training)
        return self.decoder(codes, training=training)

    def draw_codes(self, images, training=False):
        """Return codes `[B, D]`, one drawn for each of `[B, ...]`."""
        return self._contrast(images, training=training)[0]

    def _contrast(self, images, *, training):
        """Return codes, the input of T, and `log r - log p`, `[B]`."""
        encoded = self.encoder(images, training=training)
        if not isinstance(encoded, (tuple, list)):
            return encoded, encoded, ops.zeros_like(encoded[:, 0])
        if len(encoded) != 3:
            raise InputError(
                f"The encoder returned {len(encoded)} tensors; expected codes alone, "
                "or for adaptive contrast codes, means and standard deviations."
            )
        codes, mean, deviation = encoded
        check_same_shape(codes=codes, means=mean, deviations=deviation)
        deviation = ops.stop_gradient(deviation)
        standardized = (codes - ops.stop_gradient(mean)) / deviation
        squares = ops.square(codes) - ops.square(standardized)
        return codes, standardized, ops.sum(0.5 * squares - ops.log(deviation), axis=-1)

    def compute_losses(self, batch, *, training):
        images = batch["image"]
        codes, contrasted, auxiliary = self._contrast(images, training=training)
        decoded = ops.cast(self.decoder(codes, training=training), "float32")
        reconstruction = -ops.mean(self.likelihood.log_prob(images, decoded))
        auxiliary = ops.mean(ops.cast(auxiliary, "float32"))
        terms = {
            "loss": reconstruction + auxiliary,
            "reconstruction": reconstruction,
            "auxiliary": auxiliary,
        }
        return terms, {"features": contrasted, "condition": images}

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "likelihood": serialize(self.likelihood),
        }
