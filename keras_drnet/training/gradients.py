"""Gradients of losses, on TensorFlow and on JAX.

A training step is written once, with Keras' variables and operations. What differs
between the backends is how gradients come about: TensorFlow records what runs, JAX
differentiates a function of arrays.
"""

import keras


def record(function, variables, state):
    """Run a function so that its losses can be differentiated.

    Args:
        function: function without arguments that returns `(losses, other)`: a tuple of
            scalars, and a structure of tensors without gradients.
        variables: the variables of which gradients will be asked.
        state: all variables that the function reads or changes.

    Returns:
        `(losses, other, tape)`. The tape's `gradient(loss, variables)`, or of a list of
        losses for that of their sum, is a list of gradients, one a variable: with
        several replicas their mean over these. On TensorFlow it is `None` where the
        loss does not depend on a variable, on JAX it is zero.
    """
    return _record(function, variables, state)


def _record_tensorflow(function, variables, state):
    with _Tape(persistent=True) as tape:
        losses, other = function()
    return losses, other, tape


def _record_jax(function, variables, state):
    import jax

    before = [(variable, variable.value) for variable in state]

    def run(values):
        mapping = [*before, *zip(variables, values, strict=True)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            losses, other = function()
        after = [scope.get_current_value(variable) for variable in state]
        return losses, (other, after)

    values = [variable.value for variable in variables]
    losses, pullback, (other, after) = jax.vjp(run, values, has_aux=True)
    for variable, value in zip(state, after, strict=True):
        variable.assign(value)
    return losses, other, _Pullback(losses, pullback, variables)


class _Pullback:
    """Gradients of losses on JAX, with the interface of a tape."""

    def __init__(self, losses, pullback, variables):
        self._losses = losses
        self._pullback = pullback
        self._variables = variables

    def gradient(self, target, sources):
        """Return the gradients of one loss, or of the sum of a list of them."""
        targets = target if isinstance(target, (list, tuple)) else [target]
        weights = [
            float(any(loss is one for one in targets)) * keras.ops.ones_like(loss)
            for loss in self._losses
        ]
        (gradients,) = self._pullback(tuple(weights))
        pairs = zip(self._variables, gradients, strict=True)
        by_variable = {id(variable): gradient for variable, gradient in pairs}
        return [by_variable[id(variable)] for variable in sources]


if keras.backend.backend() == "jax":
    _record = _record_jax
else:
    import tensorflow as tf

    from keras_drnet.training.distribution import mean_over_replicas

    class _Tape(tf.GradientTape):
        def gradient(self, target, sources):
            return mean_over_replicas(super().gradient(target, sources))

    _record = _record_tensorflow
