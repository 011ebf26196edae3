"""How well content and pose are told apart: codes probed, swapped frames judged.

What each measurement learns from and is tested on:

- probes: codes of the test split, which DrNet has never seen, in two halves; one
  teaches the probe and the other tests it. The halves share no digit's picture
  (Moving MNIST) or no clip (recorded ones), but do share the objects and people:
  those for testing are none of those for training, so who it is can only be asked
  among them.
- fresh scene discriminator and judges: taught on the training split, tested on the
  test split.
"""

import numpy as np

from keras_drnet.data.images import to_uint8
from keras_drnet.data.pipeline import sampling
from keras_drnet.evaluation import scene_probe
from keras_drnet.evaluation.codes import encode, flat
from keras_drnet.metrics import nearest_neighbors, probes

CODES = ("content", "pose")


def probe_codes(codes, factors, is_test):
    """Probe content and pose for every factor.

    A class that only one half has is left out. Where that leaves nothing, as with
    objects of one clip each, and the frames' `phase` is known, probes are taught on
    every other eighth of the turn and tested on the rest.

    Args:
        codes: dict of `content` and `pose`, `[N, K, D]`.
        factors: dict of `Factor`s of the same frames.
        is_test: bool `[N]`, whether a clip tests the probes or teaches them.

    Returns:
        `(factors, quantities)`: two dicts by name, for classes and for real values,
        with `kind`, for classes also their number, `classes`, and `chance`, and for
        either code what `probes.probe_factor` or `probe_quantity` returned.
    """
    num_times = codes["pose"].shape[1]
    by_clip = np.repeat(is_test[:, None], num_times, axis=1)
    divisions = [by_clip]
    if "phase" in factors:
        divisions.append(factors["phase"].values % 2 == 1)
    of_classes, of_quantities = {}, {}
    for name, factor in factors.items():
        values = factor.by_frame(num_times)
        if not factor.classes:
            rows = ~by_clip, by_clip
            if all(np.ptp(values[row]) > 0 for row in rows):
                of_quantities[name] = {"kind": factor.kind} | _probe(
                    probes.probe_quantity, codes, values, rows
                )
            continue
        for is_test_frame in divisions:
            common = np.intersect1d(values[is_test_frame], values[~is_test_frame])
            if len(common) > 1:
                known = np.isin(values, common)
                rows = known & ~is_test_frame, known & is_test_frame
                of_classes[name] = {
                    "kind": factor.kind,
                    "classes": len(common),
                    "chance": probes.chance(values[rows[1]]),
                } | _probe(probes.probe_factor, codes, values, rows)
                break
    return of_classes, of_quantities


def _probe(probe, codes, values, rows):
    train, test = rows
    return {
        name: probe(codes[name][train], values[train], codes[name][test], values[test])
        for name in CODES
    }


def true_poses(factors, num_times):
    """Return all that is known of how frames differ within their clips.

    What a pose without a trace of content would be.

    Args:
        factors: dict of `Factor`s.
        num_times: frames of a clip, K.

    Returns:
        float `[N, K, D]`, or `None` where nothing is known: quantities as they are,
        a class as ones and zeros.
    """
    columns = []
    for factor in factors.values():
        if factor.kind == "dynamic":
            values = factor.by_frame(num_times)
            columns.append(
                np.eye(factor.classes)[values] if factor.classes else values[..., None]
            )
    return np.concatenate(columns, axis=-1) if columns else None


def probe_scene(train, test, train_poses, test_poses, *, max_step, **kwargs):
    """Train fresh scene discriminators: on poses, and on what they ought to be.

    Args:
        train: a `Sample` of the training split.
        test: a `Sample` of the test split.
        train_poses: `[N, K, Dp]`.
        test_poses: `[M, K, Dp]`.
        max_step: greatest distance in time of a clip's frames, for the record.
        **kwargs: see `fresh_scene_accuracy`.

    Returns:
        A dict: `accuracy`, `max_step`, `steps` of training, and `floor`, the accuracy
        of a discriminator that saw `true_poses`, `None` where they are not known.
        Even true poses tell clips apart where things move little between frames.
    """

    def accuracy(*poses):
        return scene_probe.fresh_scene_accuracy(
            poses[0], train.clips, poses[1], test.clips, **kwargs
        )

    num_times = train_poses.shape[1]
    known = [true_poses(sample.factors, num_times) for sample in (train, test)]
    return {
        "accuracy": accuracy(train_poses, test_poses),
        "max_step": max_step,
        "steps": scene_probe.NUM_STEPS,
        "floor": None if known[0] is None else accuracy(*known),
    }


def measure_memory(predictor, source, bank, *, num_past, num_future, num_clips=32):
    """Ask whether predicted frames are copies of training frames.

    Args:
        predictor: a `VideoPredictor`.
        source: source of clips of the test split.
        bank: uint8 `[M, H, W, C]`, frames of the training split.
        num_past: observed frames.
        num_future: frames to predict.
        num_clips: clips to predict.

    Returns:
        A dict: `pixel_ratio` and `pose_ratio`, the `neighbors.memorization_ratio`
        of predicted to real frames of the same clips and times, and of their poses.
    """
    clips = sampling.clip_frames(source, 0, num_clips)[:, : num_past + num_future]
    real = to_uint8(clips[:, num_past:])
    generated = to_uint8(predictor.predict(clips[:, :num_past], num_future))
    frames = [flat(generated), flat(real), bank]
    encoder = predictor.networks.pose_encoder
    poses = [encode(encoder, items[:, None])[:, 0] for items in frames]
    return {
        "pixel_ratio": nearest_neighbors.memorization_ratio(*frames),
        "pose_ratio": nearest_neighbors.memorization_ratio(*poses),
    }


def summary(results):
    """Return the results as short tables: of codes, of digits, of what there is."""
    lines = []
    if "factors" in results:
        lines += _summary_of_codes(results)
    if "digits" in results:
        lines += _summary_of_digits(results["digits"])
    return "\n".join(lines)


def _summary_of_codes(results):
    lines = [
        f"{'share right':<14}{'kind':<9}{'classes':>8}{'chance':>8}"
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
        f"fresh scene discriminator: {scene['accuracy']:.3f} right (chance 0.5"
        + ("" if scene["floor"] is None else f", true poses {scene['floor']:.3f}")
        + ")"
    )
    if results["judge"]:
        lines.append(f"{'judge':<14}{'kind':<9}{'real':>8}{'swapped':>9}{'other':>8}")
    for name, values in results["judge"].items():
        cells = (_cell(values.get(key)) for key in ("real", "swapped", "other"))
        lines.append(
            f"{name:<14}{values['kind']:<9}" + "{:>8}{:>9}{:>8}".format(*cells)
        )
    near = results["neighbours"]
    lines.append(
        f"distance to training frames, generated over real: "
        f"{near['pixel_ratio']:.2f} in pixels, {near['pose_ratio']:.2f} in poses"
    )
    return lines


def _summary_of_digits(digits):
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
