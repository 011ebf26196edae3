"""AAE: the adversarial auto-encoder."""

import keras
from keras import ops

from keras_drnet.adversarial.systems.reconstruction import reconstruction_error
from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_shape
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class AAE(AdversarialModel):
    """An auto-encoder whose aggregated codes are distributed like a prior.

        min over encoder, decoder:  mean (x - decoder(encoder(x)))^2 + weight * L_enc
        min over the adversary:     -1/2 E_x log D(encoder(x)) - 1/2 E_z log(1 - D(z))

    with z drawn from the prior, whose density is not needed, and L_enc, with
    `"flipped_labels"`, `-E_x log(1 - D(encoder(x)))`. The decoder then generates
    examples from draws of the prior.

    Codes may be random: with an encoder that ends in `posteriors.GaussianPosterior`, or
    takes noise through `posteriors.NoiseInput`, the paper's other two posteriors.

    With `num_labels` the adversary gets the label of a code as well, one-hot: codes of
    a label are then distributed like its part of the prior (section 2.3). Examples
    without a label have a column of their own, and are drawn from any part.

    Batches are dicts: `image`, `[B, ...]`, and with `num_labels` `label`, int `[B]`, 0
    to `num_labels - 1`, negative where unknown.

    Example: ten digits, each in a Gaussian of its own.

    ```python
    contrast = PriorSample(GaussianMixture.ring(10), conditional_prior=True)
    adversarial = AdversarialLoss(discriminator, contrast,
                                  objective="flipped_labels", weight=0.01)
    aae = AAE(encoder, decoder, adversarial, num_labels=10)
    aae.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    aae.fit(dataset, epochs=10)
    codes = aae.encoder.predict(images)
    ```

    Differences: the paper alternates steps of three losses, reconstruction, the
    adversary, and the encoder against it; here the encoder's two are one step of the
    weighted sum, as in the other systems. Label 1 is for codes of the encoder and not
    for draws of the prior, which changes no loss.

    Source: Makhzani et al., *Adversarial Autoencoders*, ICLR 2016 workshop.
    """

    def __init__(
        self, encoder, decoder, adversarial, *, num_labels=0, name="aae", **kwargs
    ):
        """Hold the networks.

        Args:
            encoder: examples `[B, ...]` to codes `[B, D]`.
            decoder: codes to examples.
            adversarial: `AdversarialLoss` with `PriorSample`, whose adversary takes
                codes; with `num_labels` codes and labels `[B, num_labels + 1]`.
            num_labels: number of labels, inputs of the adversary; 0, none.
            name: name of the model.
            **kwargs: see `AdversarialModel`.

        Raises:
            InputError: the number of labels is negative.
        """
        check_count(num_labels, "num_labels", least=0)
        super().__init__(adversarial, terms=("reconstruction",), name=name, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.num_labels = num_labels

    @property
    def feature_variables(self):
        """The trainable variables of encoder and decoder."""
        return self.encoder.trainable_variables + self.decoder.trainable_variables

    def call(self, images, training=False):
        """Return reconstructions of `[B, ...]`."""
        return self.decoder(self.encoder(images, training=training), training=training)

    def compute_losses(self, batch, *, training):
        codes = self.encoder(batch["image"], training=training)
        decoded = self.decoder(codes, training=training)
        error = reconstruction_error(batch["image"], decoded)
        contrasted = {"features": codes}
        if self.num_labels:
            contrasted["condition"] = one_hot_labels(batch["label"], self.num_labels)
        return {"loss": error, "reconstruction": error}, contrasted

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "num_labels": self.num_labels,
        }


def one_hot_labels(labels, num_labels):
    """Return one-hot labels, `[B, num_labels + 1]`; the last is for negative ones.

    Raises:
        InputError: labels are not `[B]`.
    """
    check_shape(labels, "label", ("B",))
    return ops.one_hot(ops.where(labels < 0, num_labels, labels), num_labels + 1)
