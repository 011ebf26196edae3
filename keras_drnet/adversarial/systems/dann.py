"""DANN: domain-adversarial training of neural networks."""

import keras

from keras_drnet.adversarial.systems.classification import (
    classification_terms,
    two_domains,
)
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class DANN(AdversarialModel):
    """Features that separate classes but not domains, with labels of one domain.

        E = L_label(source) - lambda * L_domain(source, target)

    Encoder and classifier minimize it, the domain classifier maximizes it, all
    simultaneously. lambda applies to the features alone: the domain classifier learns
    at its full rate (section 5.2.2).

    Batches are dicts: `source`, `[B, ...]`, its `label`, int `[B]`, and `target`,
    `[B', ...]`. Labels of the target are not used.

    Example:

    ```python
    adversarial = AdversarialLoss(domain_classifier, GroupLabels(2),
                                  weight=SigmoidRamp(num_steps))
    dann = DANN(encoder, classifier, adversarial)
    dann.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    dann.fit(dataset, epochs=10)
    labels = np.argmax(dann.predict(target_images), axis=-1)
    ```

    Differences: in the paper one network with a gradient reversal layer is trained by
    one optimizer, SGD with momentum; here the domain classifier has its own.

    Source: Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016,
    equations 10 to 15.
    """

    def __init__(self, encoder, classifier, adversarial, *, name="dann", **kwargs):
        """Hold the networks.

        Args:
            encoder: examples `[B, ...]` to features `[B, D]`.
            classifier: features to logits `[B, K]`.
            adversarial: `AdversarialLoss` with `GroupLabels(2)`, whose adversary takes
                features. Group 0 is the source.
            name: name of the model.
            **kwargs: see `AdversarialModel`.
        """
        super().__init__(adversarial, terms=("accuracy",), name=name, **kwargs)
        self.encoder = encoder
        self.classifier = classifier

    @property
    def feature_variables(self):
        """The trainable variables of encoder and classifier."""
        return self.encoder.trainable_variables + self.classifier.trainable_variables

    def call(self, examples, training=False):
        """Return logits `[B, K]` of examples of either domain."""
        return self.classifier(
            self.encoder(examples, training=training), training=training
        )

    def compute_losses(self, batch, *, training):
        # Separate calls: batch statistics are of one domain, as at test time.
        source = self.encoder(batch["source"], training=training)
        target = self.encoder(batch["target"], training=training)
        logits = self.classifier(source, training=training)
        terms = classification_terms(batch["label"], logits)
        return terms, two_domains(source, target)

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "classifier": serialize(self.classifier),
        }
