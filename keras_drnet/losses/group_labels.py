"""The contrast of groups: domains, or values of a sensitive attribute."""

import numbers

import keras
from keras import ops

from keras_drnet.checks.numbers import check_count
from keras_drnet.checks.shapes import check_same_length, check_shape
from keras_drnet.errors import InputError
from keras_drnet.losses.contrasts import Contrast, Examples

NOTIONS = ("parity", "odds", "opportunity")


@keras.saving.register_keras_serializable(package="keras_drnet")
class GroupLabels(Contrast):
    """The group of an example: a domain, a sensitive attribute.

    Takes features, `group`, int `[B]` or `[B, 1]` in 0 ... K - 1, and where the notion
    needs it `target`, int `[B]` or `[B, 1]`, what the task is to predict. Several
    attributes are `[B, A]`, and all combinations of them are the groups. Labels have
    one column for two groups, else K.

    The notion of fairness decides in which sense the features are independent of the
    group, if the adversary finds nothing:

    - `"parity"`: the adversary sees the features of all examples. They are independent.
    - `"odds"`: it sees the target too, as a second input, one-hot `[B, num_targets]`.
      They are independent among examples of one target.
    - `"opportunity"`: it is trained on the examples with target 1 alone. They are
      independent among these.
    """

    def __init__(self, num_groups=2, *, notion="parity", num_targets=2, balanced=False):
        """Set the groups.

        Args:
            num_groups: K, at least 2; for several attributes a tuple, the number for
                each.
            notion: `"parity"`, `"odds"` or `"opportunity"`.
            num_targets: classes of the target, at least 2; for `"odds"` alone.
            balanced: whether every group, with `"odds"` every pair of group and
                target, weighs the same in a batch, whatever its size.

        Raises:
            InputError: the notion is unknown, or an attribute or the target has fewer
                than two values.
        """
        if notion not in NOTIONS:
            raise InputError(f"Unknown notion {notion!r}; expected one of {NOTIONS}.")
        one = isinstance(num_groups, numbers.Number)
        sizes = (num_groups,) if one else tuple(num_groups)
        if not sizes:
            raise InputError(
                "num_groups is empty; expected at least 2 for each attribute."
            )
        for size in sizes:
            check_count(size, "num_groups", least=2)
        check_count(num_targets, "num_targets", least=2)
        self.sizes = tuple(map(int, sizes))
        self.notion = notion
        self.num_targets = num_targets
        self.balanced = balanced

    @property
    def num_groups(self):
        """Number of groups, K: of all combinations of attributes."""
        product = 1
        for size in self.sizes:
            product *= size
        return product

    @property
    def num_outputs(self):
        """Number of outputs that the adversary must have."""
        return 1 if self.num_groups == 2 else self.num_groups

    def adversary_examples(self, features, *, group, target=None):
        """Return `Examples`: the features, `[B]` of them, and their groups.

        Raises:
            InputError: the target is missing, or shapes do not fit. Groups and targets
                that are out of range are not found.
        """
        if target is None and self.notion != "parity":
            raise InputError(
                f"GroupLabels with notion {self.notion!r} needs the target as well."
            )
        num_attributes = len(self.sizes)
        alone = [("B",)] if num_attributes == 1 else []
        check_shape(group, "group", *alone, ("B", num_attributes))
        check_same_length(features=keras.tree.flatten(features)[0], group=group)
        if target is not None:
            check_shape(target, "target", ("B",), ("B", 1))
            check_same_length(group=group, target=target)
        group = self._joint(group)
        one_hot = ops.one_hot(group, self.num_groups)
        labels = one_hot[:, 1:] if self.num_outputs == 1 else one_hot
        inputs, cells, seen = features, one_hot, None
        if target is not None:
            target = ops.cast(ops.reshape(target, (-1,)), "int32")
        if self.notion == "odds":
            targets = ops.one_hot(target, self.num_targets)
            inputs = (features, targets)
            cells = ops.one_hot(
                group * self.num_targets + target, self.num_groups * self.num_targets
            )
        elif self.notion == "opportunity":
            seen = ops.cast(ops.equal(target, 1), "float32")
        return Examples(inputs, labels, self._weights(cells, seen))

    def get_config(self):
        """Return the arguments of the constructor."""
        return {
            "num_groups": list(self.sizes),
            "notion": self.notion,
            "num_targets": self.num_targets,
            "balanced": self.balanced,
        }

    def _joint(self, group):
        group = ops.cast(group, "int32")
        columns = ops.split(
            ops.reshape(group, (-1, len(self.sizes))), len(self.sizes), 1
        )
        joint = ops.zeros_like(columns[0])
        for size, column in zip(self.sizes, columns, strict=True):
            joint = joint * size + column
        return ops.reshape(joint, (-1,))

    def _weights(self, cells, seen):
        if not self.balanced:
            return seen
        if seen is not None:
            cells = cells * seen[:, None]
        counts = ops.sum(cells, axis=0)
        # At least 1, for groups that are not in the batch.
        return ops.sum(cells / ops.maximum(counts, 1.0), axis=-1)
