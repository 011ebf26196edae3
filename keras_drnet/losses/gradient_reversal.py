"""Gradient reversal: the identity, with a gradient of opposite sign."""

import keras
from keras import ops

from keras_drnet.checks.numbers import check_number
from keras_drnet.losses.schedules import deserialize_value, value_at


def reverse_gradient(x, weight=1.0):
    """Return `x`; its gradient is multiplied by -`weight`.

    Layers after it are trained to minimize the loss and layers before it to maximize
    it: one loss trains both an adversary and the features that it sees.

    Source: Ganin & Lempitsky, *Unsupervised Domain Adaptation by Backpropagation*,
    ICML 2015.

    Args:
        x: float tensor of any shape.
        weight: float or scalar tensor, 0 stops the gradient.
    """
    constant = ops.stop_gradient(x)
    # The bracket is exactly zero: x is returned unrounded.
    return constant + ops.cast(weight, x.dtype) * (constant - x)


@keras.saving.register_keras_serializable(package="keras_drnet")
class GradientReversal(keras.layers.Layer):
    """Gradient reversal as a layer, for any Keras model.

    Example: domain-adversarial training with nothing but `fit`.

    ```python
    reversed_features = GradientReversal(SigmoidRamp(2000))(features)
    model = keras.Model(image, {"label": classify(features),
                                "domain": discriminate(reversed_features)})
    ```
    """

    def __init__(self, weight=1.0, **kwargs):
        """Set the weight.

        Args:
            weight: minus the factor of the gradient: a float, at least 0, or a
                schedule of the number of calls with `training=True`, which is saved
                with the model's weights.
            **kwargs: arguments of `keras.layers.Layer`.

        Raises:
            InputError: the weight is negative or no number.
        """
        if not callable(weight):
            check_number(weight, "weight", least=0)
        super().__init__(**kwargs)
        self.weight = weight
        self.supports_masking = True

    def build(self, input_shape):
        """Create the count of training steps."""
        self.step = self.add_weight(
            (), "zeros", dtype="int32", trainable=False, name="step"
        )

    def call(self, x, training=False):
        """Return `x`, of any shape."""
        reversed_ = reverse_gradient(x, value_at(self.weight, self.step))
        if training:
            self.step.assign_add(1)
        return reversed_

    def get_config(self):
        """Return the arguments of the constructor."""
        weight = keras.saving.serialize_keras_object(self.weight)
        return super().get_config() | {"weight": weight}

    @classmethod
    def from_config(cls, config):
        """Make a layer from what `get_config` returned."""
        return cls(**config | {"weight": deserialize_value(config["weight"])})
