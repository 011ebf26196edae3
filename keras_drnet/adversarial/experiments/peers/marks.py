"""What a comparison with a peer should show: as good as it, and no slower."""

from keras_drnet.adversarial.experiments.harness.experiment import AcceptanceCriterion


def is_as_high(results, ours, peer, metric):
    """Return whether a mean is at most a deviation of the peer below the peer's."""
    least = results.mean(peer, metric) - results.deviation(peer, metric)
    return results.mean(ours, metric) >= least


def is_as_low(results, ours, peer, metric):
    """Return whether a mean is at most a deviation of the peer above the peer's."""
    most = results.mean(peer, metric) + results.deviation(peer, metric)
    return results.mean(ours, metric) <= most


def as_high(text, ours, peer, metric):
    """Return the criterion that `is_as_high` holds; `text` says of what and whose."""
    return AcceptanceCriterion(
        text, lambda results: is_as_high(results, ours, peer, metric)
    )


def as_low(text, ours, peer, metric):
    """Return the criterion that `is_as_low` holds; `text` says of what and whose."""
    return AcceptanceCriterion(
        text, lambda results: is_as_low(results, ours, peer, metric)
    )


def no_slower(*pairs):
    """Return the criterion of time.

    Args:
        *pairs: our row and the peer's.
    """
    return AcceptanceCriterion(
        "no slower",
        lambda results: all(
            results.mean(ours, "seconds") <= results.mean(peer, "seconds")
            for ours, peer in pairs
        ),
    )
