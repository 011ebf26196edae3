"""What Keras gives to a step, as a batch of named tensors."""

from collections.abc import Mapping

import keras

from keras_drnet.errors import InputError


class Batch(dict):
    """Tensors of a batch by name; a name that it lacks is an `InputError`."""

    def __missing__(self, name):
        raise InputError(
            f"The batch has no {name!r}; it has {', '.join(map(repr, self))}. The "
            "model's documentation lists what it reads; `load_dataset` makes batches "
            "for DrNet and its stages."
        )


def unpack(data):
    """Return the `Batch` in what Keras gives to a step.

    Args:
        data: a dict of tensors, or a tuple whose first element is one: Keras makes such
            tuples in `train_on_batch`, and of `x` and `y`. Labels beside the dict are
            not read.

    Raises:
        InputError: there is no dict, or there are sample weights.
    """
    batch, _, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    if sample_weight is not None:
        raise InputError(
            "Sample weights were given; no loss of this model has any. Leave "
            "`sample_weight` and `class_weight` out."
        )
    if not isinstance(batch, Mapping):
        shape = getattr(batch, "shape", None)
        raise InputError(
            f"A batch is a {type(batch).__name__}"
            f"{'' if shape is None else f' of shape {tuple(shape)}'}; expected a dict "
            "of tensors by name, as `load_dataset` makes them."
        )
    return Batch(batch)
