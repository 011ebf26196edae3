"""Gradient reversal: identity forward, minus a weight backward."""

import keras
from keras import ops

from keras_drnet.losses.schedules import deserialize_value, value_at


def reverse_gradient(x, weight=1.0):
    """Return `x`; the gradient that comes back through it is multiplied by -`weight`.

    What is after it learns, what is before it unlearns: an adversary can then be
    trained by the very loss that trains the features.

    Source: Ganin & Lempitsky, *Unsupervised Domain Adaptation by Backpropagation*,
    ICML 2015.

    Args:
        x: float tensor of any shape.
        weight: float or scalar tensor, 0 stops the gradient.
    """
    still = ops.stop_gradient(x)
    # The bracket is exactly zero: x comes out unrounded.
    return still + ops.cast(weight, x.dtype) * (still - x)


@keras.saving.register_keras_serializable(package="keras_drnet")
class GradientReversal(keras.layers.Layer):
    """Gradient reversal as a layer, for any Keras model.

    Example: domain-adversarial training with nothing but `fit`.

    ```python
    reversed_features = GradientReversal(SigmoidRamp(2000))(features)
    model = keras.Model(image, {"label": classify(features),
                                "domain": judge(reversed_features)})
    ```
    """

    def __init__(self, weight=1.0, **kwargs):
        """Set the weight.

        Args:
            weight: what gradients are multiplied by, with the sign turned: a float,
                or a schedule of the number of calls with `training=True`, which is
                saved with the model's weights.
            **kwargs: arguments of `keras.layers.Layer`.
        """
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
