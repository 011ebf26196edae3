"""FairRepresentation: base of the systems that learn fair features."""

import keras

from keras_drnet.adversarial.systems.classification import classification_terms
from keras_drnet.adversarial.systems.reconstruction import reconstruction_error
from keras_drnet.checks.numbers import check_number
from keras_drnet.training.adversarial_model import AdversarialModel


class FairRepresentation(AdversarialModel):
    """Base of models whose features predict the target, but not the group.

        gamma * L_prediction + alpha * L_reconstruction + beta * L_adversarial

    gamma and alpha are the arguments `prediction_weight` and `reconstruction_weight`,
    and beta is the weight of the `AdversarialLoss`.

    Batches are dicts: `input`, `[B, ...]`, `target`, int `[B]`, and `group`, int `[B]`,
    or `[B, A]` for several attributes. The encoder does not get `group`, unless it is
    in `input`.
    """

    def __init__(
        self,
        encoder,
        predictor,
        adversarial,
        *,
        decoder=None,
        prediction_weight=1.0,
        reconstruction_weight=1.0,
        **kwargs,
    ):
        """Hold the networks.

        Args:
            encoder: inputs `[B, ...]` to features `[B, D]`.
            predictor: features to logits: `[B, 1]`, of target 1, or `[B, K]`.
            adversarial: `AdversarialLoss` with `GroupLabels`, whose adversary takes
                features; with the notion `"odds"` the target too.
            decoder: features to inputs; `None`, no reconstruction.
            prediction_weight: gamma, at least 0.
            reconstruction_weight: alpha, at least 0.
            **kwargs: see `AdversarialModel`.

        Raises:
            InputError: a weight is negative or no number.
        """
        check_number(prediction_weight, "prediction_weight", least=0)
        check_number(reconstruction_weight, "reconstruction_weight", least=0)
        terms = ("prediction", "accuracy") + (("reconstruction",) if decoder else ())
        super().__init__(adversarial, terms=terms, **kwargs)
        self.encoder = encoder
        self.predictor = predictor
        self.decoder = decoder
        self.prediction_weight = prediction_weight
        self.reconstruction_weight = reconstruction_weight

    @property
    def feature_variables(self):
        """The trainable variables of encoder, predictor and decoder."""
        networks = (self.encoder, self.predictor, self.decoder)
        return [
            v for network in networks if network for v in network.trainable_variables
        ]

    def call(self, inputs, training=False):
        """Return the predictor's logits."""
        return self.predictor(
            self.encoder(inputs, training=training), training=training
        )

    def compute_losses(self, batch, *, training):
        features = self.encoder(batch["input"], training=training)
        contrasted = self._adversary_inputs(batch, features, training=training)
        terms = classification_terms(
            batch["target"], self.predictor(features, training=training)
        )
        terms["prediction"] = terms["loss"]
        terms["loss"] = self.prediction_weight * terms["prediction"]
        if self.decoder:
            decoded = self._decode(features, batch, training=training)
            error = reconstruction_error(batch["input"], decoded)
            terms["reconstruction"] = error
            terms["loss"] += self.reconstruction_weight * error
        return terms, contrasted

    def _contrasted(self, batch):
        features = self.encoder(batch["input"], training=True)
        return self._adversary_inputs(batch, features, training=True)

    def _adversary_inputs(self, batch, features, *, training):
        """Return the arguments of the adversarial loss: by default of the batch."""
        return {
            "features": features,
            "group": batch["group"],
            "target": batch["target"],
        }

    def _decode(self, features, batch, *, training):
        return self.decoder(features, training=training)

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "predictor": serialize(self.predictor),
            "decoder": serialize(self.decoder),
            "prediction_weight": self.prediction_weight,
            "reconstruction_weight": self.reconstruction_weight,
        }
