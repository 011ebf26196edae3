"""The semi-supervised adversarial auto-encoder: a few labels, many examples."""

import keras
from keras import ops

from keras_drnet.adversarial.systems.classification import classification_terms
from keras_drnet.adversarial.systems.reconstruction import reconstruction_error
from keras_drnet.checks.numbers import check_number
from keras_drnet.errors import InputError
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class SemiSupervisedAAE(AdversarialModel):
    """An auto-encoder whose codes are a class and a style, with few labels.

        min over encoder, decoder:
            mean (x - decoder(y, z))^2 + weight * L_enc(y) + weight' * L_enc'(z)
            + label_weight * cross-entropy(y_labeled, label)

    with y and z of `encoder(x)`, a distribution over classes and a style. One adversary
    contrasts y with one-hot vectors, which makes it nearly one-hot and the classes
    equally frequent; another contrasts z with draws of its prior, which leaves the
    class to y. The reconstruction is trained on all examples.

    Batches are dicts: `image`, `[B, ...]`, without labels, and `labeled`,
    `[B', ...]`, with their `label`, int `[B']`.

    Example:

    ```python
    adversarial = AdversarialLossSum({
        "label": AdversarialLoss(label_discriminator, PriorSample(Categorical(10)),
                                 objective="flipped_labels", weight=0.01),
        "style": AdversarialLoss(style_discriminator, PriorSample(Gaussian(10)),
                                 objective="flipped_labels", weight=0.01),
    })
    aae = SemiSupervisedAAE(encoder, decoder, adversarial)
    aae.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    aae.fit(dataset, epochs=10)
    labels = np.argmax(aae.predict(images), axis=-1)
    ```

    Differences: those of `aae.AAE`; the classification phase too is a term of the sum.

    Source: Makhzani et al., *Adversarial Autoencoders*, ICLR 2016 workshop, section 5.
    """

    def __init__(
        self,
        encoder,
        decoder,
        adversarial,
        *,
        label_weight=1.0,
        name="semi_supervised_aae",
        **kwargs,
    ):
        """Hold the networks.

        Args:
            encoder: examples `[B, ...]` to logits of classes `[B, K]` and styles
                `[B, D]`.
            decoder: a tuple of distributions over classes `[B, K]` and styles to
                examples.
            adversarial: `AdversarialLossSum` of `label`, whose adversary takes
                distributions over classes, and `style`, whose takes styles.
            label_weight: of the labeled examples' cross-entropy, at least 0.
            name: name of the model.
            **kwargs: see `AdversarialModel`.

        Raises:
            InputError: the adversarial loss has other parts, or the weight is negative.
        """
        check_number(label_weight, "label_weight", least=0)
        parts = sorted(getattr(adversarial, "parts", ()))
        if parts != ["label", "style"]:
            raise InputError(
                f"The adversarial loss has the parts {parts}; expected an "
                "AdversarialLossSum of ['label', 'style']."
            )
        terms = ("reconstruction", "classification", "accuracy")
        super().__init__(adversarial, terms=terms, name=name, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.label_weight = label_weight

    @property
    def feature_variables(self):
        """The trainable variables of encoder and decoder."""
        return self.encoder.trainable_variables + self.decoder.trainable_variables

    @property
    def adversary_variables(self):
        """The trainable variables of both adversaries."""
        return self.adversarial.trainable_variables

    def call(self, images, training=False):
        """Return logits `[B, K]` of the classes of `[B, ...]`."""
        return self.encoder(images, training=training)[0]

    def compute_losses(self, batch, *, training):
        logits, style = self.encoder(batch["image"], training=training)
        label = ops.softmax(ops.cast(logits, "float32"))
        decoded = self.decoder((label, style), training=training)
        error = reconstruction_error(batch["image"], decoded)
        # The key as earlier releases spelled it is read too.
        known = batch["labelled" if "labelled" in batch else "labeled"]
        labeled = classification_terms(batch["label"], self(known, training=training))
        terms = {
            "loss": error + self.label_weight * labeled["loss"],
            "reconstruction": error,
            "classification": labeled["loss"],
            "accuracy": labeled["accuracy"],
        }
        return terms, {"features": {"label": label, "style": style}}

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "label_weight": self.label_weight,
        }
