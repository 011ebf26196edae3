"""Predictability minimization: binary codes of independent elements."""

import keras
from keras import ops

from keras_drnet.adversarial.systems.reconstruction import reconstruction_error
from keras_drnet.checks.numbers import check_count
from keras_drnet.errors import InputError
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class PredictabilityMinimization(AdversarialModel):
    """A code whose elements cannot be predicted from each other.

        min over encoder, decoder:  mean (x - decoder(y))^2 - weight * V
        min over the predictors:    V = mean_i E (P_i(y without y_i) - y_i)^2

    with `y = sigmoid(encoder(x))`, in (0, 1)^K. Elements are hardest to predict if they
    are independent of each other and near 0 or 1: at the optimum the code is binary,
    its elements are independent, and V is the variance of a fair coin, 1/4. The decoder
    keeps them informative about x.

    Batches are dicts: `image`, `[B, ...]`, of any real numbers. Reports: `loss`;
    `reconstruction`, the mean squared error; `adversary`, V; `adversarial`, what the
    code minimizes, -V with `"gradient_reversal"`.

    Example:

    ```python
    predictors = leave_one_out_predictors(4, num_units=16)
    adversarial = AdversarialLoss(predictors, LeaveOneOut(),
                                  adversary_loss="squared_error",
                                  objective="gradient_reversal")
    model = PredictabilityMinimization(encoder, decoder, adversarial,
                                       num_adversary_steps=3)
    model.compile(keras.optimizers.Adam(5e-3), keras.optimizers.Adam(1e-2))
    model.fit(dataset, epochs=10)
    bits = model.encode(examples) > 0.5
    ```

    Differences: the paper sums over elements, here is their mean; of its ways to keep a
    code informative this is the one with a decoder.

    Source: Schmidhuber, *Learning Factorial Codes by Predictability Minimization*,
    Neural Computation 4(6), 1992.
    """

    # No accuracy: the elements are quantities, not classes.
    adversary_terms = ("adversary",)

    def __init__(
        self,
        encoder,
        decoder,
        adversarial,
        *,
        name="predictability_minimization",
        **kwargs,
    ):
        """Hold the networks.

        Args:
            encoder: examples `[B, ...]` to logits of codes `[B, K]`.
            decoder: codes to examples.
            adversarial: `AdversarialLoss` with `LeaveOneOut`, whose adversary takes
                codes and returns `[B, K, 1]`; see `leave_one_out_predictors`.
            name: name of the model.
            **kwargs: see `AdversarialModel`.
        """
        super().__init__(adversarial, terms=("reconstruction",), name=name, **kwargs)
        self.encoder = encoder
        self.decoder = decoder

    @property
    def feature_variables(self):
        """The trainable variables of encoder and decoder."""
        return self.encoder.trainable_variables + self.decoder.trainable_variables

    def encode(self, images, training=False):
        """Return codes `[B, K]`, in (0, 1), of `[B, ...]`."""
        return ops.sigmoid(self.encoder(images, training=training))

    def call(self, images, training=False):
        """Return reconstructions of `[B, ...]`."""
        return self.decoder(self.encode(images, training=training), training=training)

    def compute_losses(self, batch, *, training):
        codes = self.encode(batch["image"], training=training)
        decoded = self.decoder(codes, training=training)
        error = reconstruction_error(batch["image"], decoded)
        return {"loss": error, "reconstruction": error}, {"features": codes}

    def _adversary_report(self, loss, contrasted):
        return {"adversary": loss}

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
        }


# The name of the class in models that earlier releases saved.
keras.saving.get_custom_objects()["keras_drnet>PredictabilityMinimisation"] = (
    PredictabilityMinimization
)


@keras.saving.register_keras_serializable(package="keras_drnet")
class OtherElements(keras.layers.Layer):
    """For each element of codes `[B, K]`, all the others: `[B, K, K - 1]`."""

    def call(self, codes):
        """Return the others, in their order."""
        size = codes.shape[-1]
        others = [[j for j in range(size) if j != i] for i in range(size)]
        return ops.take(codes, others, axis=-1)


def leave_one_out_predictors(size, *, num_units=16):
    """Build K networks in one, each of which predicts an element from the others.

    They share no weights, and the i-th does not get the i-th element.

    Args:
        size: elements of a code, K, at least 2.
        num_units: units of the one hidden layer of each, at least 1.

    Returns:
        `keras.Model` from codes `[B, K]` to predictions `[B, K, 1]`.

    Raises:
        InputError: a code of one element has no others, or there are no units.
    """
    check_count(num_units, "num_units")
    if size < 2:
        raise InputError(
            f"A code of {size} elements; expected at least 2, to predict one from the "
            "others. Make the code longer."
        )
    codes = keras.Input((size,))
    x = OtherElements()(codes)
    for units, activation in ((num_units, "tanh"), (1, None)):
        x = keras.layers.EinsumDense(
            "bki,kio->bko", (size, units), bias_axes="ko", activation=activation
        )(x)
    return keras.Model(codes, x, name="predictors")
