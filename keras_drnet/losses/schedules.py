"""Schedules of a weight by training step.

They are Keras' learning rate schedules: functions of the step alone, saved with the
model by their settings. As the step is the optimizer's, a resumed run continues the
schedule. Keras' own work as well: a linear ramp is
`keras.optimizers.schedules.PolynomialDecay(0.0, num_steps, end)`.
"""

import keras
from keras import ops

from keras_drnet.checks.arrays import check_positive
from keras_drnet.checks.numbers import check_number


@keras.saving.register_keras_serializable(package="keras_drnet")
class SigmoidRamp(keras.optimizers.schedules.LearningRateSchedule):
    """Ramp from 0 to nearly `limit`: `limit * (2 / (1 + exp(-gamma * p)) - 1)`.

    p is the completed share of `num_steps`, 1 after them. It suppresses the gradients
    of an adversary that is still untrained.

    Source: Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016,
    section 5.2.2, with gamma = 10.
    """

    def __init__(self, num_steps, gamma=10.0, limit=1.0):
        """Set the ramp.

        Args:
            num_steps: steps until p = 1, at least 1.
            gamma: steepness.
            limit: value that it approaches.

        Raises:
            InputError: there is less than one step.
        """
        check_number(num_steps, "num_steps", least=1)
        self.num_steps = num_steps
        self.gamma = gamma
        self.limit = limit

    def __call__(self, step):
        """Return the value at a step."""
        share = ops.minimum(ops.cast(step, "float32") / self.num_steps, 1.0)
        return self.limit * (2.0 * ops.sigmoid(self.gamma * share) - 1.0)

    def get_config(self):
        """Return the arguments of the constructor."""
        return {
            "num_steps": self.num_steps,
            "gamma": self.gamma,
            "limit": self.limit,
        }


@keras.saving.register_keras_serializable(package="keras_drnet")
class PowerLaw(keras.optimizers.schedules.LearningRateSchedule):
    """Power law: `initial_value * (1 + step / unit_steps) ** power`.

    With power -0.75 and `unit_steps` a tenth of training it is the learning rate of
    Ganin et al. (2016); with power 0.5 it grows like the adversary's weight of Zhang et
    al. (2018), and with -1 it falls like their learning rate.
    """

    def __init__(self, initial_value, unit_steps, power):
        """Set the law.

        Args:
            initial_value: value at step 0.
            unit_steps: step at which the base is 2, above 0.
            power: exponent; negative to fall, positive to grow.

        Raises:
            InputError: `unit_steps` is not above 0.
        """
        check_positive(unit_steps, "unit_steps")
        self.initial_value = initial_value
        self.unit_steps = unit_steps
        self.power = power

    def __call__(self, step):
        """Return the value at a step."""
        base = 1.0 + ops.cast(step, "float32") / self.unit_steps
        return self.initial_value * base**self.power

    def get_config(self):
        """Return the arguments of the constructor."""
        return {
            "initial_value": self.initial_value,
            "unit_steps": self.unit_steps,
            "power": self.power,
        }


def value_at(value, step):
    """Return a schedule's value at a step, or the number that `value` is."""
    return value(step) if callable(value) else value


def deserialize_value(value):
    """Return the number or schedule that `serialize_keras_object` was given."""
    if isinstance(value, dict):
        return keras.saving.deserialize_keras_object(value)
    return value
