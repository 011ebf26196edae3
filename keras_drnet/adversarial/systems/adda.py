"""ADDA: adversarial discriminative domain adaptation."""

import keras
from keras import ops

from keras_drnet.adversarial.systems.classification import (
    classification_terms,
    two_domains,
)
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class ADDA(AdversarialModel):
    """An encoder of the target whose features look like those of the source.

    First an encoder M_s and a classifier C are trained on the source, elsewhere. Then
    both are frozen, and M_t, initialized as a copy of M_s, and D minimize

        M_t:    - E_target log D(M_t(x))
        D:      - E_source log D(M_s(x)) - E_target log(1 - D(M_t(x)))

    simultaneously: flipped labels, and no other loss. The target's examples are then
    classified by C(M_t(x)).

    Batches are dicts as for `DANN`. `accuracy` is that of the source.

    Example:

    ```python
    source = keras.Sequential([encoder, classifier])
    source.compile("adam", cross_entropy)
    source.fit(images, labels)
    adversarial = AdversarialLoss(domain_classifier, GroupLabels(2),
                                  objective="flipped_labels")
    adda = ADDA(encoder, classifier, adversarial)
    adda.compile(keras.optimizers.Adam(2e-4, 0.5), keras.optimizers.Adam(2e-4, 0.5))
    adda.fit(dataset)
    labels = np.argmax(adda.predict(target_images), axis=-1)
    ```

    Differences: which features D sees is the caller's choice. In the authors' code
    they are the classifier's logits: then `encoder` ends with these, and `classifier`
    is the identity.

    Source: Tzeng, Hoffman, Saenko & Darrell, *Adversarial Discriminative Domain
    Adaptation*, CVPR 2017, equation 9.
    """

    def __init__(
        self,
        source_encoder,
        classifier,
        adversarial,
        *,
        target_encoder=None,
        name="adda",
        **kwargs,
    ):
        """Hold the networks.

        Args:
            source_encoder: examples `[B, ...]` to features `[B, D]`; trained already,
                frozen.
            classifier: features to logits `[B, K]`; trained already, frozen.
            adversarial: `AdversarialLoss` with `GroupLabels(2)`, whose adversary takes
                features. Group 0 is the source.
            target_encoder: see `source_encoder`; by default a copy of it.
            name: name of the model.
            **kwargs: see `AdversarialModel`.
        """
        super().__init__(adversarial, terms=("accuracy",), name=name, **kwargs)
        self.source_encoder = source_encoder
        self.classifier = classifier
        if target_encoder is None:
            target_encoder = keras.models.clone_model(source_encoder)
            target_encoder.set_weights(source_encoder.get_weights())
        self.target_encoder = target_encoder

    @property
    def feature_variables(self):
        """The trainable variables of the target's encoder."""
        return self.target_encoder.trainable_variables

    def call(self, examples, training=False):
        """Return logits `[B, K]` of examples of the target."""
        return self.classifier(
            self.target_encoder(examples, training=training), training=False
        )

    def compute_losses(self, batch, *, training):
        source = self.source_encoder(batch["source"], training=False)
        target = self.target_encoder(batch["target"], training=training)
        logits = self.classifier(source, training=False)
        terms = classification_terms(batch["label"], logits)
        return terms, two_domains(ops.stop_gradient(source), target)

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "source_encoder": serialize(self.source_encoder),
            "classifier": serialize(self.classifier),
            "target_encoder": serialize(self.target_encoder),
        }
