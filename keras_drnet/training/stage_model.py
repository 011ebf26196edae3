"""Base of the models that a stage of training fits."""

from collections.abc import Mapping

import keras

from keras_drnet.errors import InputError
from keras_drnet.models.part_encoders import share_localizer


class StageModel(keras.Model):
    """A model with a training step of its own that can be stopped and resumed.

    A subclass keeps one mean a loss, by name, in `_trackers`, and creates the variables
    of its optimizers in `build_optimizers`, so that they can be restored.
    """

    def __init__(self, **kwargs):
        """Create the model; arguments are those of `keras.Model`."""
        super().__init__(**kwargs)
        self.built = True  # Its networks are built already.

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Make a model from what `get_config` returned."""
        values = keras.saving.deserialize_keras_object(config)
        if {"content_encoder", "pose_encoder"} <= values.keys():
            values["pose_encoder"] = share_localizer(
                values["content_encoder"], values["pose_encoder"]
            )
        return cls(**values)

    def compile(self, optimizer, **kwargs):
        """Set the optimizer and create its variables; other arguments as in Keras.

        Variables are there before the first step, so that callbacks which restore a
        model before it, as `keras.callbacks.BackupAndRestore`, restore them. Only where
        a network is not built yet are they made in the first step.

        Args:
            optimizer: a Keras optimizer, or its name.
            **kwargs: arguments of `keras.Model.compile`.

        Raises:
            InputError: the optimizer keeps averages of weights (`use_ema`).
        """
        super().compile(optimizer=optimizer, **kwargs)
        for name, one in self.optimizers.items():
            _check_optimizer(name, one)
        networks = self._flatten_layers(include_self=False)
        if all(one.built for one in networks if isinstance(one, keras.Model)):
            self.build_optimizers()

    def get_compile_config(self):
        """Return the arguments of `compile`, for `keras.Model.save`."""
        serialize = keras.saving.serialize_keras_object
        optimizers = {name: serialize(one) for name, one in self.optimizers.items()}
        return super().get_compile_config() | optimizers

    def compile_from_config(self, config):
        """Compile with what `get_compile_config` returned, for `load_model`."""
        self.compile(**keras.saving.deserialize_keras_object(config))

    @property
    def metrics(self):
        """The means of what a step reports."""
        return list(self._trackers.values())

    @property
    def optimizers(self):
        """The optimizers by the names of their attributes."""
        return {"optimizer": self.optimizer}

    @property
    def extra_state(self):
        """Variables that a checkpoint keeps beside networks and optimizers, by name."""
        return {}

    def build_optimizers(self):
        """Create the optimizers' variables; without effect where they are there."""
        raise NotImplementedError


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


def apply_gradients(optimizer, tape, loss, variables):
    """Move `variables`, and nothing else, down the gradient of `loss`."""
    optimizer.apply(tape.gradient(loss, variables), variables)


def track(trackers, values):
    """Update the mean of each value and return these means by name."""
    for name, value in values.items():
        trackers[name].update_state(value)
    return {name: trackers[name].result() for name in values}


def _check_optimizer(name, optimizer):
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if inner.use_ema:
        raise InputError(
            f"The {name} has use_ema=True, which Keras applies to all weights of a "
            "model at the end of `fit`, the frozen ones too. Leave it out; the setting "
            "`average_momentum` of a stage keeps averages of its networks."
        )
