"""Base of the models that a stage of training fits."""

import keras


class StageModel(keras.Model):
    """A model with a training step of its own that can be stopped and resumed.

    A subclass keeps one mean a loss, by name, in `_trackers`, and creates the variables
    of its optimizers in `build_optimizers`, so that they can be restored.
    """

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
        """Create the optimizers' variables, so that they can be restored."""
        raise NotImplementedError


def apply_gradients(optimizer, tape, loss, variables):
    """Move `variables`, and nothing else, down the gradient of `loss`."""
    optimizer.apply(tape.gradient(loss, variables), variables)


def track(trackers, values):
    """Update the mean of each value and return these means by name."""
    for name, value in values.items():
        trackers[name].update_state(value)
    return {name: trackers[name].result() for name in values}
