"""Gradient rules: they combine the gradients of the task and of the adversarial loss.

A rule is a function of a persistent `tf.GradientTape` that has seen both losses, the
task's loss, the weighted adversarial loss, and the variables of features and task. It
returns a gradient for each of these variables.
"""

from keras import ops


def add(tape, task_loss, encoder_loss, variables):
    """Return the gradients of the sum of both losses."""
    return tape.gradient([task_loss, encoder_loss], variables)


def project(tape, task_loss, encoder_loss, variables):
    """Return `project_gradients` of all variables as one vector, as in the paper."""
    return project_gradients(*_gradients(tape, task_loss, encoder_loss, variables))


def project_by_variable(tape, task_loss, encoder_loss, variables):
    """Return `project_gradients` of each variable, as public implementations do."""
    pairs = zip(*_gradients(tape, task_loss, encoder_loss, variables), strict=True)
    return [g if a is None else project_gradients([g], [a])[0] for g, a in pairs]


def project_gradients(task_gradients, adversarial_gradients):
    """Combine gradients so that the task's part never helps the adversary.

    `g - proj_a(g) + a` for the task's gradient g and that of `gradient_reversal`, a,
    which is minus the adversary's: Zhang, Lemoine & Mitchell, *Mitigating Unwanted
    Biases with Adversarial Learning*, AIES 2018, equation 1.

    Args:
        task_gradients: list of tensors, together one vector.
        adversarial_gradients: list of tensors of the same shapes, `None` where the
            adversary does not depend on a variable; there the task's gradient stays.

    Returns:
        A list of tensors.
    """
    reached = [i for i, a in enumerate(adversarial_gradients) if a is not None]
    pairs = [(task_gradients[i], adversarial_gradients[i]) for i in reached]
    product = sum(ops.sum(g * a) for g, a in pairs)
    square = sum(ops.sum(ops.square(a)) for _, a in pairs)
    share = ops.divide_no_nan(product, square)
    combined = list(task_gradients)
    for i, (g, a) in zip(reached, pairs, strict=True):
        combined[i] = g - share * a + a
    return combined


def _gradients(tape, task_loss, encoder_loss, variables):
    """Return the gradients of either loss; the task's are zero where it has none."""
    # Not `unconnected_gradients="zero"`: it does not know Keras' variables.
    task_gradients = [
        ops.zeros_like(variable) if gradient is None else gradient
        for variable, gradient in zip(
            variables, tape.gradient(task_loss, variables), strict=True
        )
    ]
    return task_gradients, tape.gradient(encoder_loss, variables)


GRADIENT_RULES = {
    "projection": project,
    "projection_by_variable": project_by_variable,
    "sum": add,
}
