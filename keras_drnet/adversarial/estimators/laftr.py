"""LAFTRClassifier and LAFTRTransformer: features that keep any classifier fair."""

from keras_drnet.adversarial.estimators.encoder_transformer import EncoderTransformer
from keras_drnet.adversarial.estimators.fair_features import FairFeatures
from keras_drnet.adversarial.estimators.logit_classifier import LogitClassifier
from keras_drnet.adversarial.systems.laftr import LAFTR


class LAFTREstimator(FairFeatures):
    """Base of both estimators: they differ in their outputs alone."""

    _adversary_loss = "absolute_error"

    def _system(self):
        return LAFTR

    def _num_decoder_inputs(self, contrast):
        # The decoder is told the group, which the features shall not tell.
        return (self.n_components, contrast.num_outputs)


class LAFTRTransformer(EncoderTransformer, LAFTREstimator):
    """Features of which any classifier, even one unaware of groups, is nearly fair.

    Wraps `LAFTR`. It is trained with labels, but transforms rows without.

    Example:

    ```python
    features = LAFTRTransformer(random_state=0)
    features.fit(X, y, sensitive_features=people["sex"])
    anyone = LogisticRegression().fit(features.transform(X), y)
    ```

    Source: Madras, Creager, Pitassi & Zemel, *Learning Adversarially Fair and
    Transferable Representations*, ICML 2018.
    """


class LAFTRClassifier(LogitClassifier, LAFTREstimator):
    """The classifier that `LAFTRTransformer` trains with its features.

    Example:

    ```python
    classifier = LAFTRClassifier(notion="odds", random_state=0)
    classifier.fit(X, y, sensitive_features=people["sex"])
    probabilities = classifier.predict_proba(X)
    ```

    Source: Madras, Creager, Pitassi & Zemel, *Learning Adversarially Fair and
    Transferable Representations*, ICML 2018.
    """
