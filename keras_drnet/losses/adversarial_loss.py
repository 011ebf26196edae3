"""AdversarialLoss: the losses of an adversary and of the features that it sees."""

import keras
from keras import ops

from keras_drnet.checks.numbers import check_number
from keras_drnet.errors import choose
from keras_drnet.losses.adversary_losses import ADVERSARY_LOSSES, is_right
from keras_drnet.losses.gradient_rules import GRADIENT_RULES
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.losses.schedules import deserialize_value, value_at


@keras.saving.register_keras_serializable(package="keras_drnet")
class AdversarialLoss(keras.layers.Layer):
    """An adversarial loss in feature space.

    An adversary is trained to answer a question about features, and the networks that
    compute the features are trained so that it cannot. Published systems differ in the
    choice of four parts: the **adversary**, a network; the **contrast**, which makes
    its examples and their labels; the **adversary loss**, which it minimizes; and the
    **objective**, which the features minimize. Every choice of one part works with
    every choice of the others. A **gradient rule** combines the objective's gradient
    with that of the task, by default as their sum.

    `discriminator_loss` has no gradient for the features. `encoder_loss` has gradients
    for both sides: apply those of the features' variables.

    Example, the scene loss of DrNet:

    ```python
    scene_loss = AdversarialLoss(
        scene_discriminator, SamePair(), objective="uniform_target", weight=1e-4
    )
    scene_loss.discriminator_loss((pose_1, pose_2))
    scene_loss.encoder_loss((pose_1, pose_2))
    ```
    """

    def __init__(
        self,
        adversary,
        contrast,
        *,
        adversary_loss="cross_entropy",
        objective="gradient_reversal",
        gradient_rule="sum",
        weight=1.0,
        **kwargs,
    ):
        """Combine the parts.

        Args:
            adversary: `keras.Model` or layer from the contrast's inputs to outputs in
                the shape of its labels.
            contrast: an object of `contrasts`.
            adversary_loss: a name in `adversary_losses.ADVERSARY_LOSSES`.
            objective: a name in `objectives.OBJECTIVES`.
            gradient_rule: a name in `gradient_rules.GRADIENT_RULES`. The objectives
                `"projection"` and `"projection_by_variable"` stand for
                `"gradient_reversal"` with the gradient rule of that name.
            weight: of `encoder_loss` beside the task's loss: a float, at least 0, or a
                schedule of the optimizer's step. See `weight_at`.
            **kwargs: arguments of `keras.layers.Layer`.

        Raises:
            InputError: a name is unknown, or the weight is negative or no number.
        """
        if not callable(weight):
            check_number(weight, "weight", least=0)
        super().__init__(**kwargs)
        self.adversary = adversary
        self.contrast = contrast
        self.adversary_loss = adversary_loss
        self.objective = objective
        self.gradient_rule = objective if objective in GRADIENT_RULES else gradient_rule
        self.weight = weight
        self._error = choose(ADVERSARY_LOSSES, adversary_loss, "adversary loss")
        self._feature_error = choose(OBJECTIVES, objective, "objective")
        self._combine = choose(GRADIENT_RULES, self.gradient_rule, "gradient rule")

    def discriminator_loss(self, features, **given):
        """Return what the adversary minimizes, a float32 scalar.

        Args:
            features: what the contrast takes: a tensor or tuples of tensors. No
                gradient goes back through them.
            **given: what else the contrast takes, tensors too.

        Raises:
            InputError: the contrast cannot take the features, or the adversary's
                outputs are not in the shape of the labels.
        """
        examples = self._adversary_examples(features, given)
        outputs = self._outputs(examples)
        return _mean(self._error(outputs, examples.labels), examples.weights)

    def encoder_loss(self, features, **given):
        """Return what the features minimize, a float32 scalar, not weighted yet.

        Arguments and errors are those of `discriminator_loss`.
        """
        examples = self.contrast.feature_examples(features, **given)
        errors = self._feature_error(
            self._error, self._outputs(examples), examples.labels
        )
        return _mean(errors, examples.weights)

    def accuracy(self, features, **given):
        """Return the accuracy of the adversary on its examples.

        For monitoring. Chance accuracy does not show that the question has no answer in
        the features: train a new probe to find out (`leakage`).
        """
        examples = self._adversary_examples(features, given)
        return _mean(
            is_right(self._outputs(examples), examples.labels), examples.weights
        )

    def weight_at(self, step):
        """Return the weight of `encoder_loss` at a step of the optimizer."""
        return value_at(self.weight, step)

    def feature_gradients(self, tape, task_loss, encoder_loss, variables):
        """Return the gradients to apply to the features' variables.

        Args:
            tape: persistent `tf.GradientTape` that has seen both losses.
            task_loss: scalar.
            encoder_loss: scalar, weighted.
            variables: list of variables of the features and the task.

        Returns:
            A list of gradients, one for each variable, combined by `gradient_rule`.
        """
        return self._combine(tape, task_loss, encoder_loss, variables)

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "adversary": serialize(self.adversary),
            "contrast": serialize(self.contrast),
            "adversary_loss": self.adversary_loss,
            "objective": self.objective,
            "gradient_rule": self.gradient_rule,
            "weight": serialize(self.weight),
        }

    @classmethod
    def from_config(cls, config):
        """Make a loss from what `get_config` returned."""
        parts = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("adversary", "contrast")
        }
        return cls(**config | parts | {"weight": deserialize_value(config["weight"])})

    def _adversary_examples(self, features, given):
        features, given = keras.tree.map_structure(ops.stop_gradient, (features, given))
        return self.contrast.adversary_examples(features, **given)

    def _outputs(self, examples):
        return ops.cast(self.adversary(examples.inputs), "float32")


def _mean(errors, weights):
    if weights is None:
        return ops.mean(errors)
    # 0 for a batch in which no example has a weight.
    return ops.sum(weights * errors) / ops.maximum(ops.sum(weights), 1e-6)
