"""Tables of what content and pose hold, and of digits in predicted frames."""

from keras_drnet.reporting.measurements import CodeProbes
from keras_drnet.reporting.tables import NONE, Table

PROBES = ("content, linear", "content, MLP", "pose, linear", "pose, MLP")


def all_of(result):
    """Make the tables of a run's codes and of its digits.

    Args:
        result: its `Results`.

    Returns:
        List of `Table`s; empty where nothing was measured.
    """
    metrics, probes = result.metrics, result.probes
    tables = [_decoded(metrics)] if metrics else []
    if isinstance(probes, CodeProbes):
        tables += [
            _scene(metrics, probes.fresh_scene_discriminator),
            _distances(probes.neighbours),
            factors(probes),
            quantities(probes),
            _swaps(probes.judge),
        ]
    if probes and probes.digits:
        tables.append(predicted_digits(probes.digits))
    return [table for table in tables if table.rows]


def _decoded(metrics):
    errors = {
        "Reconstruction": metrics.reconstruction_mse,
        "Swapped content, to the true frame": metrics.swap_mse,
        "Swapped content, to the reconstruction": metrics.swap_change_mse,
        "Blank frame": metrics.blank_mse,
    }
    rows = [
        [title, f"{error:.5f}"] for title, error in errors.items() if error is not None
    ]
    return Table("Mean squared errors of decoded frames", rows)


def _scene(metrics, probe):
    accuracies = {
        "in training": metrics.scene_accuracy if metrics else None,
        "trained anew on poses": probe.accuracy,
        "trained anew on the true factors": probe.floor,
    }
    rows = [[name, _share(one)] for name, one in accuracies.items() if one is not None]
    return Table("Accuracy of scene discriminators (chance 50 %)", rows)


def _distances(near):
    rows = [
        ["in pixels", _decimal(near.pixel_ratio)],
        ["in poses", _decimal(near.pose_ratio)],
    ]
    return Table(
        "Distance to the nearest training frames, generated over real frames (near 0: "
        "copies)",
        rows,
    )


def factors(probes):
    """Make the table of factors of classes.

    Args:
        probes: `CodeProbes`.
    """
    rows = [
        [f"{name} ({one.kind})", _share(one.chance), *_scores(one, _share)]
        for name, one in probes.factors.items()
    ]
    caption = f"Accuracy of probes on the codes, {probes.num_test_clips} held-out clips"
    return Table(caption, rows, ("Factor", "chance", *PROBES))


def quantities(probes):
    """Make the table of factors of real values.

    Args:
        probes: `CodeProbes`.
    """
    rows = [
        [f"{name} ({one.kind})", *_scores(one, _decimal)]
        for name, one in probes.quantities.items()
    ]
    caption = (
        f"R squared of probes on the codes, {probes.num_test_clips} held-out clips"
    )
    return Table(caption, rows, ("Quantity", *PROBES))


def _swaps(scores):
    rows = [
        [factor, *map(_share, (one.real, one.swapped, one.other))]
        for factor, one in scores.items()
    ]
    heads = ("Factor", "real frames", "swapped frames", "taken for the other clip's")
    return Table("Accuracy of a classifier on swapped frames", rows, heads)


def predicted_digits(digits):
    """Make the table of digits in predicted frames.

    Args:
        digits: their `Digits`.
    """
    rows = {
        "recognized in the real frame": digits.real,
        "of these, in the predicted frame": digits.generated_given_real,
        "within 3 pixels of 64 of the true position": digits.within_3_pixels,
    }
    clips = f", {digits.num_clips} held-out clips" if digits.num_clips else ""
    return Table(
        f"Digits in predicted frames, as a classifier reads them{clips}",
        [[name, *map(_share, shares)] for name, shares in rows.items()],
        ("Digits", *(f"+{step}" for step in digits.steps)),
    )


def _scores(probed, form):
    return [
        form(score)
        for scores in (probed.content, probed.pose)
        for score in (scores.linear, scores.mlp)
    ]


def _share(value):
    return NONE if value is None else f"{100 * value:.1f} %"


def _decimal(value):
    return NONE if value is None else f"{value:.3f}"
