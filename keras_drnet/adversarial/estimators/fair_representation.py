"""FairRepresentation: features by ALFR, or by Beutel et al."""

from keras_drnet.adversarial.batches import joined
from keras_drnet.adversarial.estimators.encoder_transformer import EncoderTransformer
from keras_drnet.adversarial.estimators.fair_features import FairFeatures
from keras_drnet.adversarial.estimators.logit_classifier import LogitClassifier
from keras_drnet.adversarial.systems.alfr import ALFR
from keras_drnet.adversarial.systems.data_driven_fairness import DataDrivenFairness
from keras_drnet.errors import InputError, choose

METHODS = {"alfr": ALFR, "beutel": DataDrivenFairness}


class FairRepresentation(EncoderTransformer, LogitClassifier, FairFeatures):
    """Features that predict the label but not the group, and the classifier of them.

    Wraps `ALFR`, whose features also reconstruct the rows; or `DataDrivenFairness`, of
    which the adversary has examples of its own: the rows whose group is known. There
    may be few, as `sensitive_features` may be missing (`None`, NaN) in the others.

    Example:

    ```python
    representation = FairRepresentation(method="beutel", random_state=0)
    representation.fit(X, y, sensitive_features=people["sex"].where(was_asked))
    features, labels = representation.transform(X), representation.predict(X)
    ```

    Sources: Edwards & Storkey, *Censoring Representations with an Adversary*, ICLR
    2016; Beutel, Chen, Zhao & Chi, *Data Decisions and Theoretical Implications when
    Adversarially Learning Fair Representations*, FAT/ML 2017.
    """

    def __init__(
        self,
        *,
        method="alfr",
        notion="parity",
        adversarial_weight=2.0,
        reconstruction_weight=1.0,
        num_adversary_steps=1,
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
            method: `"alfr"` or `"beutel"`.
            notion: see `LAFTRTransformer`. With Beutel's method and `"opportunity"` the
                adversary's rows are those of the second class.
            adversarial_weight: that of the adversarial loss, at least 0; more is fairer
                and less accurate. 0: no adversary.
            reconstruction_weight: see `LAFTRTransformer`; of ALFR alone, as the other
                has no decoder.
            num_adversary_steps: steps of the adversary for each of the features.
            n_components: length of the features, see `LAFTRTransformer`.
            hidden_layer_sizes: units of the encoder's hidden layers.
            adversary_hidden_layer_sizes: units of the adversary's.
            batch_size: rows in a batch.
            max_iter: batches to train on.
            learning_rate: that of the features at the start; it falls to 0.
            adversary_learning_rate: that of the adversary, which stays.
            random_state: seed of weights and order.
            verbose: whether there is a progress bar.
        """
        super().__init__(
            notion=notion,
            adversarial_weight=adversarial_weight,
            reconstruction_weight=reconstruction_weight,
            num_adversary_steps=num_adversary_steps,
            n_components=n_components,
            hidden_layer_sizes=hidden_layer_sizes,
            adversary_hidden_layer_sizes=adversary_hidden_layer_sizes,
            batch_size=batch_size,
            max_iter=max_iter,
            learning_rate=learning_rate,
            adversary_learning_rate=adversary_learning_rate,
            random_state=random_state,
            verbose=verbose,
        )
        self.method = method

    @property
    def _groups_may_lack(self):
        return self.method == "beutel"

    def _check_training(self):
        super()._check_training()
        choose(METHODS, self.method, "method")

    def _system(self):
        return METHODS[self.method]

    def _reconstructs(self):
        return self.method == "alfr" and super()._reconstructs()

    def _data(self, X, target, group, seed):
        if self.method == "alfr":
            return super()._data(X, target, group, seed)
        is_seen = (group >= 0).reshape(len(X), -1).all(axis=1)
        if self.notion == "opportunity":
            is_seen &= target == 1
        if not is_seen.any():
            raise InputError(
                f"No row of the class {self.classes_[1]!r} has sensitive_features; "
                "the notion 'opportunity' is that among these rows."
            )
        everyone = self._batches({"input": X, "target": target}, seed)
        seen = {
            "adversary_input": X[is_seen],
            "adversary_target": target[is_seen],
            "adversary_group": group[is_seen],
        }
        return joined(everyone, self._batches(seen, seed))
