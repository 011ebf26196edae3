"""AdversarialDebiasingClassifier: a fair classifier of tables."""

from keras_drnet.adversarial.estimators.fair_estimator import FairEstimator
from keras_drnet.adversarial.estimators.logit_classifier import (
    LogitClassifier,
    num_logits,
)
from keras_drnet.adversarial.networks import build_group_adversary, mlp
from keras_drnet.adversarial.systems.adversarial_debiasing import (
    AdversarialDebiasing,
    build_prediction_adversary,
)
from keras_drnet.losses.adversarial_loss import AdversarialLoss


class AdversarialDebiasingClassifier(LogitClassifier, FairEstimator):
    """A classifier from whose predictions an adversary cannot infer the group.

    Wraps `AdversarialDebiasing`, with the projection of gradients. Groups weigh the
    same, whatever their size.

    Example:

    ```python
    classifier = make_pipeline(
        StandardScaler(), AdversarialDebiasingClassifier(random_state=0)
    )
    classifier.fit(
        X, y, adversarialdebiasingclassifier__sensitive_features=people["sex"]
    )
    ```

    Source: Zhang, Lemoine & Mitchell, *Mitigating Unwanted Biases with Adversarial
    Learning*, AIES 2018.
    """

    def __init__(
        self,
        *,
        notion="parity",
        adversarial_weight=1.0,
        hidden_layer_sizes=(32,),
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
            notion: `"parity"`, the predictions are independent of the group; `"odds"`,
                they are among rows of one label; or `"opportunity"`, among rows of the
                second class. See `GroupLabels`.
            adversarial_weight: alpha, at least 0; more is fairer and less accurate. 0:
                no adversary.
            hidden_layer_sizes: units of the classifier's hidden layers.
            adversary_hidden_layer_sizes: units of the adversary's; `None` for the
                paper's adversary, which is linear in the prediction, see
                `build_prediction_adversary`.
            batch_size: rows in a batch.
            max_iter: batches to train on, steps of both optimizers.
            learning_rate: that of the classifier at the start; it falls to 0.
            adversary_learning_rate: that of the adversary, likewise.
            random_state: seed of weights and order; a whole number for the same result
                each time.
            verbose: whether there is a progress bar.
        """
        self.notion = notion
        self.adversarial_weight = adversarial_weight
        self.hidden_layer_sizes = hidden_layer_sizes
        self.adversary_hidden_layer_sizes = adversary_hidden_layer_sizes
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.adversary_learning_rate = adversary_learning_rate
        self.random_state = random_state
        self.verbose = verbose

    def _build(self, num_inputs, contrast, weight):
        num_outputs = num_logits(self.classes_)
        predictor = mlp(num_inputs, *self.hidden_layer_sizes, num_outputs)
        if self.adversary_hidden_layer_sizes is None:
            adversary = build_prediction_adversary(
                contrast.num_outputs,
                num_classes=num_outputs,
                num_targets=contrast.num_targets if self.notion == "odds" else 0,
            )
        else:
            adversary = build_group_adversary(
                num_outputs, contrast, self.adversary_hidden_layer_sizes, "leaky_relu"
            )
        adversarial = AdversarialLoss(
            adversary, contrast, gradient_rule="projection", weight=weight
        )
        return AdversarialDebiasing(predictor, adversarial)
