"""EncoderTransformer: the features of an estimator's encoder."""

from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from keras_drnet.adversarial.estimators.base import outputs


class EncoderTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Mixin of transformers whose `model_` has an `encoder`.

    Columns have names for `set_output(transform="pandas")`: that of the class, in lower
    case, and a number.
    """

    def transform(self, X):
        """Return the features of rows, float32 `[N, n_components]`.

        Args:
            X: rows `[N, D]`.
        """
        rows = self._check_rows(X)
        return outputs(self.model_.encoder, rows)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    @property
    def _n_features_out(self):
        return self.n_components
