"""DomainAdaptationClassifier: labels of one domain, predictions for another."""

import warnings

import keras
import numpy as np
from sklearn.utils.validation import validate_data

from keras_drnet.adversarial.batches import joined
from keras_drnet.adversarial.estimators.base import AdversarialEstimator
from keras_drnet.adversarial.estimators.labels import encode_classes
from keras_drnet.adversarial.estimators.logit_classifier import (
    LogitClassifier,
    num_logits,
)
from keras_drnet.adversarial.estimators.seeds import seeded
from keras_drnet.adversarial.networks import mlp
from keras_drnet.adversarial.systems.adda import ADDA
from keras_drnet.adversarial.systems.dann import DANN
from keras_drnet.adversarial.systems.domain_confusion import DomainConfusion
from keras_drnet.checks.numbers import check_number
from keras_drnet.errors import InputError, choose
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.losses.schedules import SigmoidRamp

# Systems by method, what their features minimize, and its weight where none is given.
METHODS = {
    "adda": (ADDA, "flipped_labels", 1.0),
    "confusion": (DomainConfusion, "uniform_target", 0.3),
    "dann": (DANN, "gradient_reversal", 3.0),
}
# ADDA adapts an encoder that is trained already: slowly, as the authors do.
ADDA_RATE = 0.1


class DomainAdaptationClassifier(LogitClassifier, AdversarialEstimator):
    """A classifier for rows of a target domain, with labels of a source domain alone.

    Wraps `DANN`, `DomainConfusion` or `ADDA`. Predictions are for the target. With DANN
    and domain confusion, which have one encoder for both domains, they serve the source
    as well.

    Example:

    ```python
    classifier = DomainAdaptationClassifier(method="dann", random_state=0)
    classifier.fit(X, y, X_target=new_rows)
    labels = classifier.predict(new_rows)
    ```

    Sources: Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016;
    Tzeng et al., *Adversarial Discriminative Domain Adaptation*, CVPR 2017; Tzeng et
    al., *Simultaneous Deep Transfer Across Domains and Tasks*, ICCV 2015.
    """

    def __init__(
        self,
        *,
        method="dann",
        adversarial_weight=None,
        hidden_layer_sizes=(64, 64),
        adversary_hidden_layer_sizes=(64, 64),
        batch_size=64,
        max_iter=1000,
        learning_rate=5e-3,
        adversary_learning_rate=2e-2,
        random_state=None,
        verbose=False,
    ):
        """Set the parameters; `fit` checks them.

        Args:
            method: `"dann"`, `"confusion"` or `"adda"`.
            adversarial_weight: lambda at the end of training, at least 0, that rises
                from 0 by the schedule of DANN. `None`: 3 for DANN, 0.3 for domain
                confusion. ADDA has none, as its encoder has no other loss.
            hidden_layer_sizes: units of the encoder's layers, at least one; the domain
                classifier sees the last.
            adversary_hidden_layer_sizes: units of the domain classifier's hidden
                layers.
            batch_size: rows in a batch, of each domain.
            max_iter: batches to train on; with ADDA so many for the source, and then as
                many for the target.
            learning_rate: that of the features at the start; it falls to 0. With ADDA
                that for the source, and a tenth of it for the target, which stay.
            adversary_learning_rate: that of the domain classifier, likewise.
            random_state: seed of weights and order; a whole number for the same result
                each time.
            verbose: whether there is a progress bar.
        """
        self.method = method
        self.adversarial_weight = adversarial_weight
        self.hidden_layer_sizes = hidden_layer_sizes
        self.adversary_hidden_layer_sizes = adversary_hidden_layer_sizes
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.adversary_learning_rate = adversary_learning_rate
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y, *, X_target=None):
        """Train on labeled rows of the source, and on rows of the target.

        Args:
            X: rows of the source `[N, D]`, numbers.
            y: their labels `[N]`, of two classes or more.
            X_target: rows of the target `[M, D]`, without labels. `None`: the
                classifier is trained on the source alone, and a warning says so.

        Returns:
            The estimator.

        Raises:
            ValueError: rows or labels are not of numbers and classes, or are missing.
            InputError: there is one class alone, or a parameter is out of its range.
            TrainingError: the loss is not finite.
        """
        self._check_training()
        choose(METHODS, self.method, "method")
        if self.adversarial_weight is not None:
            check_number(self.adversarial_weight, "adversarial_weight", least=0)
        if not self.hidden_layer_sizes:
            raise InputError(
                "hidden_layer_sizes is empty; expected a layer at least: the encoder, "
                "which makes the domains alike."
            )
        X, y = validate_data(self, X, y, dtype=np.float32)
        self.classes_, label = encode_classes(y)
        if X_target is None:
            warnings.warn(
                f"{type(self).__name__} was given no X_target and is trained on the "
                "source alone.",
                stacklevel=2,
            )
        else:
            X_target = validate_data(self, X_target, dtype=np.float32, reset=False)
        with seeded(self.random_state) as seed:
            if X_target is None:
                model = self._train_source(X, label, seed)
            else:
                model = self._train_both(X, label, X_target, seed)
        return self._keep(model)

    def _train_source(self, X, label, seed):
        """Return encoder and classifier as one network, trained on the source."""
        network = keras.Sequential(self._networks(X.shape[1]))
        loss = (
            keras.losses.BinaryCrossentropy(from_logits=True)
            if len(self.classes_) == 2
            else keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
        data = self._batches((X, label), seed)
        optimizer = keras.optimizers.Adam(self.learning_rate)
        self._train(network, data, optimizer, loss=loss)
        return network

    def _train_both(self, X, label, X_target, seed):
        """Return the system, trained on both domains."""
        system, objective, weight = METHODS[self.method]
        if self.method == "adda":
            networks = self._train_source(X, label, seed).layers
            rates = self.learning_rate, self.adversary_learning_rate
            optimizers = [keras.optimizers.Adam(ADDA_RATE * r, 0.5) for r in rates]
        else:
            networks = self._networks(X.shape[1])
            if self.adversarial_weight is not None:
                weight = self.adversarial_weight
            weight = SigmoidRamp(self.max_iter, limit=weight)
            optimizers = self._optimizers()
        adversary = mlp(
            self.hidden_layer_sizes[-1], *self.adversary_hidden_layer_sizes, 1
        )
        adversarial = AdversarialLoss(
            adversary, GroupLabels(2), objective=objective, weight=weight
        )
        source = self._batches({"source": X, "label": label}, seed)
        target = self._batches({"target": X_target}, seed)
        model = system(*networks, adversarial)
        self._train(model, joined(source, target), *optimizers)
        return model

    def _networks(self, num_inputs):
        """Return encoder and classifier, a list."""
        sizes = self.hidden_layer_sizes
        return [
            mlp(num_inputs, *sizes, output_activation="relu"),
            mlp(sizes[-1], num_logits(self.classes_)),
        ]
