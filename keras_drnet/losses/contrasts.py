"""Contrasts: they make an adversary's examples and labels from features.

A contrast has two methods. `adversary_examples` makes the examples that train the
adversary; `feature_examples` makes those that train the features, with gradients for
the features alone. Where features are contrasted with something else, **label 1 is for
features as they are**, and 0 for the other.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from keras_drnet.checks.shapes import check_same_shape, check_shape
from keras_drnet.errors import InputError


class Examples(NamedTuple):
    """Inputs of an adversary and their labels.

    Attributes:
        inputs: the adversary's inputs, N examples.
        labels: `[N, K]`, see `adversary_losses`.
        weights: `[N]`, weight of each example, or `None`: all the same.
    """

    inputs: Any
    labels: Any
    weights: Any = None


class Contrast:
    """Base of all contrasts; their settings are saved with the model."""

    def adversary_examples(self, features, **given):
        """Return `Examples` for the adversary."""
        raise NotImplementedError

    def feature_examples(self, features, **given):
        """Return `Examples` for the features; by default the adversary's."""
        return self.adversary_examples(features, **given)

    def get_config(self):
        """Return the arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config):
        """Make a contrast from what `get_config` returned."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="keras_drnet")
class SamePair(Contrast):
    """Whether two codes come from one clip: DrNet's contrast.

    Takes two codes of each clip, `[B, D]` each. For pairs of two clips the second codes
    are rolled along the batch, not shuffled, so that no clip is paired with itself. The
    first code of a pair has a gradient; the second is a constant, as in the authors'
    code.
    """

    def adversary_examples(self, features, *, others=None):
        """Return `Examples` of `2 B` pairs, those of one clip first.

        Args:
            features: two codes of each clip, `[B, D]` each.
            others: second codes of other clips, `[B, D]`, where a batch is shared by
                several replicas; without them those of this batch.

        Raises:
            InputError: there are not two codes of one shape, or those of one clip
                alone, which has no other to be paired with.
        """
        code_1, code_2 = _pair(features)
        if others is None:
            others = _of_other_clips(code_2)
        pairs = (
            ops.concatenate([code_1, code_1], axis=0),
            ops.concatenate([code_2, others], axis=0),
        )
        return Examples(pairs, _halves(code_1, code_1))

    def feature_examples(self, features, *, others=None):
        """Return `Examples` of `B` pairs of one clip.

        Raises:
            InputError: there are not two codes of one shape.
        """
        code_1, code_2 = _pair(features)
        return Examples((code_1, ops.stop_gradient(code_2)), _ones(code_1))


@keras.saving.register_keras_serializable(package="keras_drnet")
class PermuteDims(Contrast):
    """Whether a code is the encoder's or has elements of several: FactorVAE's contrast.

    Takes codes `[B, D]`. They are contrasted with codes each of whose elements comes
    from another one of the batch: the product of the marginals.
    """

    def adversary_examples(self, features, *, others=None):
        """Return `Examples`.

        Args:
            features: codes `[B, D]`.
            others: codes `[B', D]` that are permuted, of a second batch; without
                them, the features.

        Raises:
            InputError: codes have another shape, or differ in length.
        """
        check_shape(features, "features", ("B", "D"))
        others = features if others is None else others
        check_same_shape(features=features, others=others, skip_batch=True)
        permuted = permute_dims(others)
        inputs = ops.concatenate([features, permuted], axis=0)
        return Examples(inputs, _halves(features, permuted))

    def feature_examples(self, features, *, others=None):
        """Return `Examples` of the codes as they are."""
        return Examples(features, _ones(features))


def permute_dims(codes, seed=None):
    """Shuffle each column of codes `[B, D]` on its own.

    Source: Kim & Mnih, *Disentangling by Factorizing*, ICML 2018, algorithm 1.
    """
    order = ops.argsort(keras.random.uniform(ops.shape(codes), seed=seed), axis=0)
    return ops.take_along_axis(codes, order, axis=0)


@keras.saving.register_keras_serializable(package="keras_drnet")
class PriorSample(Contrast):
    """Whether a code is the encoder's or a draw of the prior: contrast of AAE and AVB.

    Takes codes `[B, D]`, and optionally `condition`: a tensor or tuple of tensors
    `[B, ...]`, further inputs of the adversary after the code, and of the prior with
    `conditional_prior`.
    """

    def __init__(self, prior, *, conditional_prior=False):
        """Set the prior.

        Args:
            prior: function of a number of examples to draws `[N, D]`: an object of
                `priors`, or a function that Keras can serialize.
            conditional_prior: whether it takes the condition as a second argument.
        """
        self.prior = prior
        self.conditional_prior = conditional_prior

    def adversary_examples(self, features, *, condition=None):
        """Return `Examples` of `2 B` codes, the encoder's first.

        Raises:
            InputError: codes and draws differ in length, or there is no condition,
                but a prior that needs it.
        """
        if self.conditional_prior and condition is None:
            raise InputError(
                "There is no condition; expected one, as the prior is conditional."
            )
        arguments = (condition,) if self.conditional_prior else ()
        draws = self.prior(ops.shape(features)[0], *arguments)
        check_same_shape(features=features, draws=draws, skip_batch=True)
        codes = ops.concatenate([features, draws], axis=0)
        conditions = tuple(
            ops.concatenate([c, c], axis=0) for c in _as_tuple(condition)
        )
        return Examples(_join(codes, conditions), _halves(features, draws))

    def feature_examples(self, features, *, condition=None):
        """Return `Examples` of the encoder's codes."""
        conditions = tuple(ops.stop_gradient(c) for c in _as_tuple(condition))
        return Examples(_join(features, conditions), _ones(features))

    def get_config(self):
        """Return the arguments of the constructor."""
        return {
            "prior": keras.saving.serialize_keras_object(self.prior),
            "conditional_prior": self.conditional_prior,
        }

    @classmethod
    def from_config(cls, config):
        """Make a contrast from what `get_config` returned."""
        prior = keras.saving.deserialize_keras_object(config["prior"])
        return cls(**config | {"prior": prior})


@keras.saving.register_keras_serializable(package="keras_drnet")
class JointPair(Contrast):
    """Whether the code was encoded or the example generated: that of BiGAN and ALI.

    Takes `((x, code of x), (x generated from a code, that code))`. Both pairs have
    gradients: the encoder makes the first, the generator the second.
    """

    def adversary_examples(self, features):
        """Return `Examples` of `2 B` pairs, the encoder's first.

        Raises:
            InputError: generated examples or codes are not in the shape of the others.
        """
        encoded, generated = features
        for real, made in zip(encoded, generated, strict=True):
            check_same_shape(encoded=real, generated=made, skip_batch=True)
        pairs = tuple(
            ops.concatenate([e, g], axis=0)
            for e, g in zip(encoded, generated, strict=True)
        )
        return Examples(pairs, _halves(encoded[0], generated[0]))


@keras.saving.register_keras_serializable(package="keras_drnet")
class LeaveOneOut(Contrast):
    """An element of a code given all others: that of predictability minimization.

    Takes codes `[B, D]`. The adversary predicts each element, `[B, D, 1]`, from the
    others. The network must mask element i from output i; this class does not check it.
    The labels are the elements, and have a gradient as well.
    """

    def adversary_examples(self, features):
        """Return `Examples` of the codes, labels `[B, D, 1]`.

        Raises:
            InputError: codes have another shape.
        """
        check_shape(features, "features", ("B", "D"))
        return Examples(features, ops.expand_dims(features, -1))


def _pair(features):
    """Return two codes; a tensor would be split along the batch."""
    if not isinstance(features, (tuple, list)) or len(features) != 2:
        raise InputError(
            "The features are not a tuple of two; expected two codes of each clip."
        )
    check_same_shape(code_1=features[0], code_2=features[1])
    return features


def _of_other_clips(codes):
    if codes.shape[0] == 1:
        raise InputError(
            "The batch has one clip; expected at least 2, for pairs of different clips."
        )
    return ops.roll(codes, shift=1, axis=0)


def _as_tuple(condition):
    if condition is None:
        return ()
    return tuple(condition) if isinstance(condition, (tuple, list)) else (condition,)


def _join(codes, conditions):
    return (codes, *conditions) if conditions else codes


def _ones(x):
    return ops.ones((ops.shape(x)[0], 1))


def _halves(positive, negative):
    return ops.concatenate(
        [_ones(positive), ops.zeros((ops.shape(negative)[0], 1))], axis=0
    )
