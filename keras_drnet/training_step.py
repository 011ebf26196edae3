"""The parts that the training steps of both stages share."""


def apply_gradients(optimizer, tape, loss, variables):
    """Moves `variables`, and nothing else, down the gradient of `loss`."""
    optimizer.apply(tape.gradient(loss, variables), variables)


def track(trackers, values):
    """Updates the mean of each value and returns these means by name."""
    for name, value in values.items():
        trackers[name].update_state(value)
    return {name: trackers[name].result() for name in values}
