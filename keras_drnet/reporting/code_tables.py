"""Tables of probes: what is in which code, and how long digits last."""

from keras_drnet.reporting.tables import NONE, Table


def all_of(result):
    """Make the tables of what is known of a run's codes and of its digits.

    Args:
        result: its `Results`.

    Returns:
        List of `Table`s; empty where nothing was measured.
    """
    tables = []
    if result.metrics and result.metrics.get("reconstruction_mse") is not None:
        tables.append(_decoded(result.metrics))
    probes = result.probes or {}
    if "factors" in probes:
        tables += [*_codes(probes), _tests(probes)]
        if probes["judge"]:
            tables.append(_swaps(probes["judge"]))
    if "digits" in probes:
        tables.append(_digits(probes["digits"]))
    return tables


def _decoded(metrics):
    errors = {
        "Error of a reconstruction": "reconstruction_mse",
        "Error of a swap, against the true frame": "swap_mse",
        "Change by the swap": "swap_change_mse",
        "Error of a blank frame": "blank_mse",
    }
    rows = [
        [title, f"{metrics[key]:.5f}"]
        for title, key in errors.items()
        if metrics.get(key) is not None
    ]
    if metrics.get("scene_accuracy") is not None:
        text = f"{_share(metrics['scene_accuracy'])} of pairs right; chance is 50 %"
        rows.append(["Scene discriminator of the training", text])
    return Table("Decoded frames, mean squared errors", rows)


def _codes(probes):
    heads = ("chance", "content, linear", "content, MLP", "pose, linear", "pose, MLP")
    clips = f"{probes['num_test_clips']} held-out clips"
    if probes["factors"]:
        rows = [
            [f"{factor} ({v['kind']})", _share(v["chance"]), *_scores(v, _share)]
            for factor, v in probes["factors"].items()
        ]
        caption = f"What probes read off the codes: share right, {clips}"
        yield Table(caption, rows, ("Factor", *heads))
    if probes["quantities"]:
        rows = [
            [f"{quantity} ({v['kind']})", *_scores(v, _decimal)]
            for quantity, v in probes["quantities"].items()
        ]
        caption = f"Share of the variance that probes explain (R squared), {clips}"
        yield Table(caption, rows, ("Quantity", *heads[1:]))


def _tests(probes):
    scene, near = probes["fresh_scene_discriminator"], probes["neighbours"]
    accuracy = f"{_share(scene['accuracy'])} of pairs right; chance is 50 %"
    if scene.get("floor") is not None:
        accuracy += f", on the true factors {_share(scene['floor'])}"
    distance = f"{_decimal(near['pixel_ratio'])} in pixels, "
    distance += f"{_decimal(near['pose_ratio'])} in poses; near 0 is a copy"
    rows = [
        ["Fresh scene discriminator", accuracy],
        ["Distance to training frames, generated over real", distance],
    ]
    return Table("Other tests", rows)


def _swaps(judge):
    rows = [
        [factor, *(_share(v.get(key)) for key in ("real", "swapped", "other"))]
        for factor, v in judge.items()
    ]
    heads = ("Factor", "on real frames", "kept in a swap", "of the other clip")
    return Table("What a judge sees in swapped frames", rows, heads)


def _digits(digits):
    rows = {
        "recognised on the real frame": "real",
        "of these, on the generated frame": "generated_given_real",
        "within 3 pixels of 64": "within_3_pixels",
    }
    return Table(
        "Digits that a judge finds in generated frames, "
        f"{digits['num_clips']} held-out clips",
        [[name, *map(_share, digits[key])] for name, key in rows.items()],
        ("Digits", *(f"+{step}" for step in digits["steps"])),
    )


def _scores(values, form):
    return [
        form(values[code][p]) for code in ("content", "pose") for p in ("linear", "mlp")
    ]


def _share(value):
    return NONE if value is None else f"{100 * value:.1f} %"


def _decimal(value):
    return NONE if value is None else f"{value:.3f}"
