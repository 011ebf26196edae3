"""AdversarialLossSum: several adversaries, each with features of its own."""

import keras

from keras_drnet.errors import InputError
from keras_drnet.losses.gradient_rules import GRADIENT_RULES


@keras.saving.register_keras_serializable(package="keras_drnet")
class AdversarialLossSum(keras.layers.Layer):
    """Several adversarial losses as one, with the methods of an `AdversarialLoss`.

        encoder_loss = sum_i weight_i * encoder_loss_i(features_i)
        discriminator_loss = sum_i discriminator_loss_i(features_i)

    Features are a dict, by the names of the parts. The adversaries share no weights, so
    each minimizes its own loss.
    """

    def __init__(self, parts, **kwargs):
        """Combine the losses.

        Args:
            parts: dict of `AdversarialLoss`, of one gradient rule, whose weights are
                numbers.
            **kwargs: arguments of `keras.layers.Layer`.

        Raises:
            InputError: gradient rules differ, or a weight is a schedule.
        """
        super().__init__(**kwargs)
        rules = sorted({part.gradient_rule for part in parts.values()})
        if len(rules) != 1:
            raise InputError(
                f"The parts have gradient rules {rules}; expected one for all, as the "
                "gradient of their sum is combined with the task's once."
            )
        schedules = sorted(
            name for name, part in parts.items() if callable(part.weight)
        )
        if schedules:
            raise InputError(
                f"The weights of {schedules} are schedules; expected numbers, as the "
                "sum is not told the step."
            )
        self.parts = dict(parts)
        (self.gradient_rule,) = rules

    def discriminator_loss(self, features):
        """Return what the adversaries minimize, a float32 scalar.

        Raises:
            InputError: a part has no features.
        """
        return sum(
            part.discriminator_loss(own) for part, own in self._with_features(features)
        )

    def encoder_loss(self, features):
        """Return what the features minimize, a float32 scalar, weighted.

        Raises:
            InputError: a part has no features.
        """
        return sum(
            part.weight * part.encoder_loss(own)
            for part, own in self._with_features(features)
        )

    def accuracy(self, features):
        """Return the mean accuracy of the adversaries.

        Raises:
            InputError: a part has no features.
        """
        accuracies = [part.accuracy(own) for part, own in self._with_features(features)]
        return sum(accuracies) / len(accuracies)

    def weight_at(self, step):
        """Return 1: `encoder_loss` is weighted already."""
        return 1.0

    def feature_gradients(self, tape, task_loss, encoder_loss, variables):
        """Return what `AdversarialLoss.feature_gradients` does."""
        combine = GRADIENT_RULES[self.gradient_rule]
        return combine(tape, task_loss, encoder_loss, variables)

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "parts": {name: serialize(part) for name, part in self.parts.items()}
        }

    @classmethod
    def from_config(cls, config):
        """Make a sum from what `get_config` returned."""
        parts = {
            name: keras.saving.deserialize_keras_object(part)
            for name, part in config["parts"].items()
        }
        return cls(**config | {"parts": parts})

    def _with_features(self, features):
        """Return pairs of a part and its features."""
        missing = self.parts.keys() - features.keys()
        if missing:
            raise InputError(
                f"The features are {sorted(features)}; expected {sorted(self.parts)}, "
                "some for each part."
            )
        return [(part, features[name]) for name, part in self.parts.items()]
