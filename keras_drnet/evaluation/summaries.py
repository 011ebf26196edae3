"""Results of an evaluation as text tables."""

SUMMARY_STEPS = (1, 5, 10, 15, 20, 50, 100)


def metrics_summary(results):
    """Return the content of `metrics.json` as a short table."""
    prediction = results["prediction"]
    num_future = results["clips"]["num_future"]
    steps = [s for s in SUMMARY_STEPS if s <= num_future]
    heads = [*(f"+{step}" for step in steps), f"+1..{num_future}"]
    lines = []
    for name, title, digits in (
        ("psnr", "PSNR (dB) at step", 2),
        ("ssim", "SSIM", 3),
        ("sharpness", "sharpness (real: 1)", 2),
    ):
        lines.append(f"{title:<20}" + "".join(f"{head:>8}" for head in heads))
        for method, all_values in prediction.items():
            values = all_values[name]
            cells = [*(values[step - 1] for step in steps), sum(values) / num_future]
            lines.append(
                f"{method:<20}" + "".join(f"{cell:>8.{digits}f}" for cell in cells)
            )
    if "digits" in results:
        lines += _digits_summary(results["digits"])
    if "scene_accuracy" in results:
        lines += _separation_summary(results)
    return "\n".join(lines)


def _separation_summary(results):
    errors = ", ".join(
        f"{name} {results[f'{name}_mse']:.5f}"
        for name in ("reconstruction", "swap", "blank")
        if results[f"{name}_mse"] is not None
    )
    return [
        f"mean squared error: {errors}; reconstruction "
        f"{results['reconstruction_psnr']:.2f} dB",
        f"scene discriminator: accuracy {results['scene_accuracy']:.2f} (chance 0.50)",
    ]


def probes_summary(results):
    """Return the content of `probes.json` as short tables, of codes and of digits."""
    lines = []
    if "factors" in results:
        lines += _codes_summary(results)
    if "digits" in results:
        lines += _digits_summary(results["digits"])
    return "\n".join(lines)


def _codes_summary(results):
    lines = [
        f"{'accuracy':<14}{'kind':<9}{'classes':>8}{'chance':>8}"
        "   content: linear    mlp   pose: linear    mlp"
    ]
    for name, values in results["factors"].items():
        lines.append(
            f"{name:<14}{values['kind']:<9}{values['classes']:>8}"
            f"{values['chance']:>8.2f}{_code_cells(values)}"
        )
    if results["quantities"]:
        lines.append("R^2")
    for name, values in results["quantities"].items():
        lines.append(f"{name:<14}{values['kind']:<25}{_code_cells(values)}")
    scene = results["fresh_scene_discriminator"]
    lines.append(
        f"fresh scene discriminator: accuracy {scene['accuracy']:.3f} (chance 0.5"
        + ("" if scene["floor"] is None else f", true poses {scene['floor']:.3f}")
        + ")"
    )
    if results["judge"]:
        lines.append(
            f"{'classifier':<14}{'kind':<9}{'real':>8}{'swapped':>9}{'other':>8}"
        )
    for name, values in results["judge"].items():
        cells = (_cell(values.get(key)) for key in ("real", "swapped", "other"))
        lines.append(
            f"{name:<14}{values['kind']:<9}" + "{:>8}{:>9}{:>8}".format(*cells)
        )
    near = results["neighbours"]
    lines.append(
        "distance to training frames, generated / real: "
        f"{near['pixel_ratio']:.2f} in pixels, {near['pose_ratio']:.2f} in poses"
    )
    return lines


def _digits_summary(digits):
    yield f"{'digits at step':<24}" + "".join(f"{f'+{s}':>7}" for s in digits["steps"])
    for key in ("real", "generated_given_real", "within_3_pixels"):
        yield f"{key:<24}" + "".join(f"{_cell(value):>7}" for value in digits[key])


def _code_cells(values):
    content, pose = values["content"], values["pose"]
    return (
        f"{content['linear']:>18.3f}{content['mlp']:>7.3f}"
        f"{pose['linear']:>15.3f}{pose['mlp']:>7.3f}"
    )


def _cell(value):
    return "-" if value is None else f"{value:.2f}"
