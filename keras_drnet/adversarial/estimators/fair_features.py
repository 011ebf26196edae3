"""FairFeatures: base of the estimators that learn fair features of rows."""

import keras

from keras_drnet.adversarial.estimators.fair_estimator import FairEstimator
from keras_drnet.adversarial.estimators.logit_classifier import num_logits
from keras_drnet.adversarial.networks import build_group_adversary, mlp
from keras_drnet.checks.numbers import check_count
from keras_drnet.losses.adversarial_loss import AdversarialLoss


class FairFeatures(FairEstimator):
    """Base of estimators that wrap a system of fair representation.

    A subclass defines `_system`, and is a mixin of predictions or of features too.
    """

    _adversary_loss = "cross_entropy"

    def __init__(
        self,
        *,
        notion="parity",
        adversarial_weight=4.0,
        reconstruction_weight=0.0,
        num_adversary_steps=4,
        n_components=8,
        hidden_layer_sizes=(64,),
        adversary_hidden_layer_sizes=(64, 64),
        batch_size=128,
        max_iter=1000,
        learning_rate=1e-3,
        adversary_learning_rate=3e-3,
        random_state=None,
        verbose=False,
    ):
        """Set the parameters; `fit` checks them.

        Args:
            notion: `"parity"`, the features are independent of the group; `"odds"`,
                they are among rows of one label; or `"opportunity"`, among rows of the
                second class. See `GroupLabels`.
            adversarial_weight: that of the adversarial loss, at least 0; more is fairer
                and less accurate. 0: no adversary.
            reconstruction_weight: that of the squared error of the reconstructed rows,
                at least 0. 0: no decoder.
            num_adversary_steps: steps of the adversary for each of the features. Where
                it lags behind them, a new classifier of theirs is unfair.
            n_components: length of the features. Each row's have mean 0 and deviation
                1, so that they cannot escape the adversary by growing: 3 at least to be
                of use.
            hidden_layer_sizes: units of the encoder's hidden layers, and in reverse of
                the decoder's.
            adversary_hidden_layer_sizes: units of the adversary's.
            batch_size: rows in a batch.
            max_iter: batches to train on.
            learning_rate: that of the features at the start; it falls to 0.
            adversary_learning_rate: that of the adversary, which stays, so that it
                keeps up.
            random_state: seed of weights and order; a whole number for the same result
                each time.
            verbose: whether there is a progress bar.
        """
        self.notion = notion
        self.adversarial_weight = adversarial_weight
        self.reconstruction_weight = reconstruction_weight
        self.num_adversary_steps = num_adversary_steps
        self.n_components = n_components
        self.hidden_layer_sizes = hidden_layer_sizes
        self.adversary_hidden_layer_sizes = adversary_hidden_layer_sizes
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.adversary_learning_rate = adversary_learning_rate
        self.random_state = random_state
        self.verbose = verbose

    def _system(self):
        """Return the class of the system."""
        raise NotImplementedError

    def _reconstructs(self):
        """Return whether there is a decoder."""
        return self.reconstruction_weight != 0

    def _num_decoder_inputs(self, contrast):
        """Return the lengths of the decoder's inputs: a number or a tuple."""
        return self.n_components

    def _check_training(self):
        super()._check_training()
        check_count(self.n_components, "n_components")

    def _build(self, num_inputs, contrast, weight):
        encoder = mlp(num_inputs, *self.hidden_layer_sizes, self.n_components)
        encoder.add(keras.layers.LayerNormalization(center=False, scale=False))
        predictor = mlp(self.n_components, 16, num_logits(self.classes_))
        adversary = build_group_adversary(
            self.n_components,
            contrast,
            self.adversary_hidden_layer_sizes,
            "leaky_relu",
        )
        adversarial = AdversarialLoss(
            adversary, contrast, adversary_loss=self._adversary_loss, weight=weight
        )
        decoder = None
        if self._reconstructs():
            decoder = mlp(
                self._num_decoder_inputs(contrast),
                *reversed(self.hidden_layer_sizes),
                num_inputs,
            )
        return self._system()(
            encoder,
            predictor,
            adversarial,
            decoder=decoder,
            reconstruction_weight=self.reconstruction_weight,
            num_adversary_steps=self.num_adversary_steps,
        )

    def _optimizers(self):
        # The adversary's weights decay: the L1 loss has no gradient for an adversary
        # that is certain of all, which would stay so.
        return [
            keras.optimizers.Adam(self._decaying_rate(self.learning_rate)),
            keras.optimizers.AdamW(self.adversary_learning_rate, weight_decay=1.0),
        ]
