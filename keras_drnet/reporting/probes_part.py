"""The part of the report on content and pose: what is in which code."""

from keras_drnet.reporting import commands
from keras_drnet.reporting.html_page import facts, join, missing, table, tag

NONE = "\N{EN DASH}"


def content_and_pose(result, name):
    """Makes the part of the page on how well a run tells content and pose apart.

    Args:
        result: its `Results`.
        name: the method's name.

    Returns:
        `Html`.
    """
    metrics, probes = result.metrics or {}, result.probes
    parts = [tag("h2", f"Content and pose: {name}")]
    if metrics.get("reconstruction_mse") is not None:
        parts.append(_decoded(metrics))
    if probes:
        parts += _codes(probes)
        parts.append(_tests(probes))
        if probes["judge"]:
            parts.append(_swaps(probes["judge"]))
        if "digits" in probes:
            parts.append(_digits(probes["digits"]))
    else:
        parts.append(missing("Codes are not probed", commands.probe(result.path)))
    return join(parts)


def _decoded(metrics):
    errors = {
        "Error of a reconstruction": "reconstruction_mse",
        "Error of a swap, against the true frame": "swap_mse",
        "Change by the swap": "swap_change_mse",
        "Error of a blank frame": "blank_mse",
    }
    rows = [
        (title, f"{metrics[key]:.5f}")
        for title, key in errors.items()
        if metrics.get(key) is not None
    ]
    if metrics.get("scene_accuracy") is not None:
        text = f"{_share(metrics['scene_accuracy'])} of pairs right; chance is 50 %"
        rows.append(("Scene discriminator of the training", text))
    return facts("Decoded frames, mean squared errors", rows)


def _codes(probes):
    heads = ["chance", "content, linear", "content, MLP", "pose, linear", "pose, MLP"]
    clips = f"{probes['num_test_clips']} held-out clips"
    if probes["factors"]:
        rows = [
            [f"{factor} ({v['kind']})", _share(v["chance"]), *_scores(v, _share)]
            for factor, v in probes["factors"].items()
        ]
        caption = f"What probes read off the codes: share right, {clips}"
        yield table(caption, ["Factor", *heads], rows)
    if probes["quantities"]:
        rows = [
            [f"{quantity} ({v['kind']})", *_scores(v, _decimal)]
            for quantity, v in probes["quantities"].items()
        ]
        caption = f"Share of the variance that probes explain (R squared), {clips}"
        yield table(caption, ["Quantity", *heads[1:]], rows)
    text = "Static factors ought to be in content alone, dynamic ones in pose alone."
    yield tag("p", text, class_="faint")


def _tests(probes):
    scene, near = probes["fresh_scene_discriminator"], probes["neighbours"]
    accuracy = f"{_share(scene['accuracy'])} of pairs right; chance is 50 %"
    if scene.get("floor") is not None:
        accuracy += f", on the true factors {_share(scene['floor'])}"
    distance = f"{_decimal(near['pixel_ratio'])} in pixels, "
    distance += f"{_decimal(near['pose_ratio'])} in poses; near 0 is a copy"
    pairs = [
        ("Fresh scene discriminator", accuracy),
        ("Distance to training frames, generated over real", distance),
    ]
    return facts("Other tests", pairs)


def _swaps(judge):
    rows = [
        [factor, *(_share(v.get(key)) for key in ("real", "swapped", "other"))]
        for factor, v in judge.items()
    ]
    heads = ["Factor", "on real frames", "kept in a swap", "of the other clip"]
    return table("What a judge sees in swapped frames", heads, rows)


def _digits(digits):
    rows = {
        "recognised on the real frame": "real",
        "of these, on the generated frame": "generated_given_real",
        "within 3 pixels of 64": "within_3_pixels",
    }
    return table(
        "Digits that a judge finds in generated frames",
        ["Digits", *(f"+{step}" for step in digits["steps"])],
        [[name, *map(_share, digits[key])] for name, key in rows.items()],
    )


def _scores(values, form):
    return [
        form(values[code][p]) for code in ("content", "pose") for p in ("linear", "mlp")
    ]


def _share(value):
    return NONE if value is None else f"{100 * value:.1f} %"


def _decimal(value):
    return NONE if value is None else f"{value:.3f}"
