"""Base of the models that a stage of training fits."""

import keras

from keras_drnet.errors import InputError
from keras_drnet.models.part_encoders import share_localizer
from keras_drnet.training.gradients import record

if keras.backend.backend() == "jax":
    from keras_drnet.training.jax_steps import Steps
else:
    from keras_drnet.training.tensorflow_steps import (  # type: ignore[assignment]
        Steps,
    )


class StageModel(Steps, keras.Model):
    """A model with a training step of its own that can be stopped and resumed.

    A subclass defines `update` and `evaluate_batch`, keeps one mean a loss, by name, in
    `_trackers`, and creates the variables of its optimizers in `build_optimizers`, so
    that they can be restored.

    On TensorFlow `train_step` and `test_step` take a batch, as in Keras, under any
    `tf.distribute.Strategy`; on JAX they take the state of the model, too, and return
    it.

    Attributes:
        synchronized: whether losses that are no means of examples' losses are those of
            the batch of all replicas, not of the own one's share.
    """

    synchronized = False

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
        self.prepare_replicas()

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

    def update(self, batch):
        """Train on one `Batch` and return what is reported, by name."""
        raise NotImplementedError

    def evaluate_batch(self, batch):
        """Return the losses of one `Batch`, by name."""
        raise NotImplementedError

    def record(self, function, variables):
        """Run a function of this model so that its losses can be differentiated.

        See `gradients.record`.
        """
        state = [*self.variables, *self.metrics_variables]
        for optimizer in self.optimizers.values():
            state += optimizer.variables
        return record(function, variables, state)

    def minimize(self, optimizer, loss, variables):
        """Move `variables`, and nothing else, down the gradient of a loss.

        Args:
            optimizer: one of this model's.
            loss: function without arguments that returns a scalar and other tensors.
            variables: list of variables.

        Returns:
            What `loss` returned.
        """

        def scaled():
            value, other = loss()
            return (optimizer.scale_loss(value),), (value, other)

        (value,), returned, tape = self.record(scaled, variables)
        optimizer.apply(tape.gradient(value, variables), variables)
        return returned

    def _track(self, values):
        """Update the mean of each value and return these means by name."""
        for name, value in values.items():
            self._trackers[name].update_state(value)
        return {name: self._trackers[name].result() for name in values}


def _check_optimizer(name, optimizer):
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if inner.use_ema:
        raise InputError(
            f"The {name} has use_ema=True, which Keras applies to all weights of a "
            "model at the end of `fit`, the frozen ones too. Leave it out; the setting "
            "`average_momentum` of a stage keeps averages of its networks."
        )
