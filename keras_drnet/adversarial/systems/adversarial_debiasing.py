"""AdversarialDebiasing: predictions that do not reveal the group."""

import keras
from keras import ops

from keras_drnet.adversarial.systems.classification import classification_terms
from keras_drnet.checks.numbers import check_count
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class AdversarialDebiasing(AdversarialModel):
    """A predictor from whose predictions an adversary cannot infer the group.

    The weights W of the predictor, with loss L_P, move against

        grad_W L_P - proj_{grad_W L_A} grad_W L_P - alpha * grad_W L_A

    with L_A the adversary's loss, which its own weights minimize at the same time. The
    second term removes from the task's step what would help the adversary. This is the
    gradient rule `"projection"`, of all variables as one vector, as in the paper. With
    `"projection_by_variable"` each variable is projected on its own, as public
    implementations do. alpha is the weight of the `AdversarialLoss`; at 0 nothing is
    projected.

    The notion is that of `GroupLabels`: with `"parity"` the adversary sees the
    prediction, with `"odds"` the target too, with `"opportunity"` it is trained on
    examples with target 1 alone. `build_prediction_adversary` builds the paper's.

    Batches are dicts: `input`, `[B, ...]`, `target`, int `[B]`, and `group`, int `[B]`,
    or `[B, A]` for several attributes.

    Example, with the paper's schedules, alpha as sqrt(t) and a learning rate as 1/t:

    ```python
    adversarial = AdversarialLoss(
        build_prediction_adversary(), GroupLabels(2), gradient_rule="projection",
        weight=PowerLaw(1.0, 100, 0.5))
    model = AdversarialDebiasing(predictor, adversarial)
    model.compile(keras.optimizers.SGD(PowerLaw(0.3, 100, -1.0)),
                  keras.optimizers.SGD(0.3))
    model.fit(dataset, epochs=10)
    ```

    Differences: none in the rule. Training is unstable, as the authors say: with alpha
    = sqrt(t) and a learning rate of 1/t a public re-run on UCI Adult diverged. Plain
    SGD and a schedule that is slow at first, `PowerLaw` with `unit_steps` of a
    twentieth of training, reach the exact solution of the paper's toy here.

    Source: Zhang, Lemoine & Mitchell, *Mitigating Unwanted Biases with Adversarial
    Learning*, AIES 2018.
    """

    def __init__(self, predictor, adversarial, *, name="debiasing", **kwargs):
        """Hold the networks.

        Args:
            predictor: inputs `[B, ...]` to logits: `[B, 1]`, of target 1, or `[B, K]`.
            adversarial: `AdversarialLoss` with `GroupLabels`, whose adversary takes
                the predictor's logits; with the notion `"odds"` the target too.
            name: name of the model.
            **kwargs: see `AdversarialModel`.
        """
        super().__init__(adversarial, terms=("accuracy",), name=name, **kwargs)
        self.predictor = predictor

    @property
    def feature_variables(self):
        """The trainable variables of the predictor."""
        return self.predictor.trainable_variables

    def call(self, inputs, training=False):
        """Return the predictor's logits."""
        return self.predictor(inputs, training=training)

    def compute_losses(self, batch, *, training):
        logits = self.predictor(batch["input"], training=training)
        return classification_terms(batch["target"], logits), {
            "features": logits,
            "group": batch["group"],
            "target": batch["target"],
        }

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {
            "predictor": keras.saving.serialize_keras_object(self.predictor)
        }


@keras.saving.register_keras_serializable(package="keras_drnet")
class SharpenedProbability(keras.layers.Layer):
    """`sigmoid((1 + |c|) * logit)` of logits `[B, 1]`, softmax of `[B, K]`.

    c is trained: the adversary can sharpen the prediction towards a decision, and still
    has a gradient.
    """

    def build(self, input_shape):
        """Create c, initially 1."""
        self.sharpness = self.add_weight((), "ones", name="sharpness")

    def call(self, logits):
        """Return probabilities in the shape of the logits."""
        sharp = (1.0 + ops.abs(self.sharpness)) * logits
        return ops.sigmoid(sharp) if logits.shape[-1] == 1 else ops.softmax(sharp)


def build_prediction_adversary(num_outputs=1, *, num_classes=1, num_targets=0):
    """Build the adversary of the paper: linear in the sharpened prediction.

        s = sigmoid((1 + |c|) * logit)
        parity, opportunity:  w s + b
        odds:                 w [s, s y, s (1 - y)] + b

    For odds it has no term of y alone. Where groups differ in how often y is 1, it
    infers them through what s reveals of y, even if the odds are equal already, and so
    overcorrects the predictor: use `GroupLabels(balanced=True)` with it.

    Args:
        num_outputs: number of outputs, see `GroupLabels.num_outputs`.
        num_classes: logits of the predictor.
        num_targets: classes of the target, for the notion `"odds"`; else 0.

    Returns:
        A `keras.Model` of logits, and with `num_targets` also of the target, one-hot.

    Raises:
        InputError: a number is too small.
    """
    check_count(num_outputs, "num_outputs")
    check_count(num_classes, "num_classes")
    check_count(num_targets, "num_targets", least=0)
    logits = keras.Input((num_classes,))
    inputs, seen = logits, SharpenedProbability()(logits)
    if num_targets:
        target = keras.Input((num_targets,))
        inputs = [logits, target]
        pairs = ops.expand_dims(seen, 2) * ops.expand_dims(target, 1)
        seen = ops.concatenate([seen, keras.layers.Flatten()(pairs)], axis=-1)
    outputs = keras.layers.Dense(num_outputs)(seen)
    return keras.Model(inputs, outputs, name="adversary")
