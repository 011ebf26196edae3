"""What was measured on runs: the files of `evaluate` and `probe`, read and checked."""

import dataclasses
import json
import pathlib

from keras_drnet.checkpoints.checkpoint import MANIFEST_FILE
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError
from keras_drnet.reporting import commands

OLD_NUM_DIGIT_CLIPS = 64  # What `probe` judged before it wrote how many.


@dataclasses.dataclass(frozen=True)
class Stage:
    """How far a stage of a run was trained.

    Attributes:
        steps: steps trained.
        seconds: time that they took; 0 where it is not known.
        versions: dict of software to the version that trained it.
    """

    steps: int
    seconds: float
    versions: dict


@dataclasses.dataclass(frozen=True)
class Results:
    """All that is known of a run.

    Attributes:
        path: its folder, as a `--run_dir` calls it.
        figures: folder of its figures.
        config: its `Config`.
        stages: dict of stage to `Stage`.
        metrics: what `evaluate` wrote, or `None` if it has not been run.
        probes: what `probe` wrote, or `None`.
    """

    path: pathlib.Path
    figures: pathlib.Path
    config: Config
    stages: dict
    metrics: dict | None
    probes: dict | None


def read_results(run):
    """Read what there is of a run.

    Args:
        run: a `RunFolder`.

    Returns:
        `Results`.

    Raises:
        InputError: the folder holds no run, or a file is damaged or of another form;
            it is named.
    """
    config = run.config()
    metrics = _read(
        run.find("evaluation/metrics.json"), _METRICS, commands.evaluate(run.argument)
    )
    return Results(
        path=pathlib.Path(run.argument),
        figures=run.output_path("figures"),
        config=config,
        stages={name: _read_stage(run, name, metrics or {}) for name in run.stages()},
        metrics=metrics,
        probes=_read_probes(run, config.method),
    )


def check_same_clips(results):
    """Check that what is compared was measured on the same frames.

    Args:
        results: list of `Results`; those without metrics are left out.

    Raises:
        InputError: clips differ; the message has the command that measures on the
            first one's.
    """
    measured = [result for result in results if result.metrics]
    for result in measured[1:]:
        ours, theirs = (r.metrics["clips"] for r in (measured[0], result))
        if (
            ours["sha256"] == theirs["sha256"]
            and ours["num_past"] == theirs["num_past"]
        ):
            continue
        if ours.get("seed") != theirs.get("seed"):
            todo = (
                f"Its seed is {theirs.get('seed')}, not {ours.get('seed')}: train it "
                f"with --override=seed={ours.get('seed')}"
            )
        elif all(ours[key] == theirs[key] for key in ("count", "num_future")):
            todo = (
                "Its data are others, or its data.num_past or data.image_size: train "
                "it on the same."
            )
        else:
            todo = "Measure it again: " + commands.evaluate(result.path, ours)
        raise InputError(
            f"{result.path} was measured on other clips than {measured[0].path} "
            f"({_describe(theirs)}; there {_describe(ours)}); expected the same, frame "
            f"by frame. {todo}"
        )


def _describe(clips):
    return (
        f"{clips['count']} clips, {clips['num_past']} frames observed, "
        f"{clips['num_future']} predicted"
    )


def _read_probes(run, method):
    path, command = run.find("evaluation/probes.json"), commands.probe(run.argument)
    probes = _read(path, _PROBES[method], command)
    if probes and "digits" in probes:
        probes["digits"].setdefault("num_clips", OLD_NUM_DIGIT_CLIPS)
    return probes


def _read_stage(run, name, metrics):
    checkpoints = run.checkpoints(name)
    steps, seconds = checkpoints.progress()
    if not steps:  # Only the results of the run are here.
        steps = metrics.get("train_steps", {}).get(name, 0)
        return Stage(steps, metrics.get("train_seconds", {}).get(name, 0.0), {})
    manifest = checkpoints.folder / f"step_{steps:08d}" / MANIFEST_FILE
    return Stage(steps, seconds, json.loads(manifest.read_bytes())["versions"])


class _Columns(dict):
    """A form whose lists are equally long."""


# The forms of the two files: types; a list of one form, however long, or of several,
# so long; or a dict of forms, where `str` as a key stands for any and one with "?" may
# be missing.
_NUMBER = (int, float)
_MAYBE = (int, float, type(None))
_CURVES = _Columns(
    {
        "psnr": [_NUMBER],
        "ssim": [_NUMBER],
        "psnr_interval?": [[_NUMBER, _NUMBER]],
        "ssim_interval?": [[_NUMBER, _NUMBER]],
        "sharpness?": [_NUMBER],
    }
)
_METRICS = {
    "name": str,
    "method": str,
    "dataset": str,
    "clips": {
        "count": int,
        "num_past": int,
        "num_future": int,
        "sha256": str,
        "recordings?": int,
    },
    "prediction": {str: _CURVES},
    "train_steps?": {str: int},
    "train_seconds?": {str: _NUMBER},
    "reconstruction_mse?": _MAYBE,
    "reconstruction_psnr?": _MAYBE,
    "swap_mse?": _MAYBE,
    "swap_change_mse?": _MAYBE,
    "blank_mse?": _MAYBE,
    "scene_accuracy?": _MAYBE,
}
_SCORES = {"linear": _MAYBE, "mlp": _MAYBE}
_DIGITS = _Columns(
    {
        "num_clips?": int,
        "steps": [int],
        "real": [_MAYBE],
        "generated_given_real": [_MAYBE],
        "within_3_pixels": [_MAYBE],
    }
)
_CODES = {
    "factors": {
        str: {
            "kind": str,
            "classes": int,
            "chance": _MAYBE,
            "content": _SCORES,
            "pose": _SCORES,
        }
    },
    "quantities": {str: {"kind": str, "content": _SCORES, "pose": _SCORES}},
    "num_train_clips": int,
    "num_test_clips": int,
    "fresh_scene_discriminator": {"accuracy": _MAYBE, "floor?": _MAYBE},
    "judge": {str: {"real?": _MAYBE, "swapped?": _MAYBE, "other?": _MAYBE}},
    "neighbours": {"pixel_ratio": _MAYBE, "pose_ratio": _MAYBE},
}
# By method: one without codes has only its digits judged.
_PROBES = {"drnet": _CODES | {"digits?": _DIGITS}, "mcnet": {"digits": _DIGITS}}


def _read(path, form, command):
    """Return the content of a JSON file of some form, `None` if there is no file."""
    if not path.exists():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        fault = _find_fault(values, form, "")
    except ValueError as error:
        fault = f"it is not JSON: {error}"
    if fault:
        raise InputError(
            f"{path} is not what was written there: {fault}. Write it anew: {command}"
        )
    return values


def _find_fault(value, form, where):
    """Return what in a value is not of a form, or `None`."""
    place = where or "the file"
    if not isinstance(form, (dict, list)):
        fits = isinstance(value, form) and not isinstance(value, bool)
        return None if fits else f"{place} is {value!r}"
    kind = list if isinstance(form, list) else dict
    if not isinstance(value, kind):
        return f"{place} is not a {kind.__name__}"
    dot = f"{where}." if where else ""
    if kind is list:
        if len(form) > 1 and len(form) != len(value):
            return f"{place} has {len(value)} values, not {len(form)}"
        items = [(f"{where}[{i}]", one, form[0]) for i, one in enumerate(value)]
    elif str in form:
        items = [(f"{dot}{key}", one, form[str]) for key, one in value.items()]
    else:
        missing = [key for key in form if not key.endswith("?") and key not in value]
        if missing:
            return f"{place} has no {missing[0]!r}"
        forms = {key.removesuffix("?"): one for key, one in form.items()}
        items = [(dot + key, value[key], forms[key]) for key in forms if key in value]
    faults = [_find_fault(one, inner, name) for name, one, inner in items]
    if isinstance(form, _Columns) and not any(faults):
        lengths = {len(one) for _, one, inner in items if isinstance(inner, list)}
        if len(lengths) > 1:
            return f"the lists of {place} have different lengths"
    return next((fault for fault in faults if fault), None)
