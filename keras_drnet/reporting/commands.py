"""Commands that make the contents of a run folder."""

import shlex

from keras_drnet.config.overrides import flatten
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.config.schema import stage_names
from keras_drnet.data.load import has_known_digits


def train(path, config):
    """Return the command that trains a configuration with the fewest overrides."""
    candidates = []
    for preset, make in PRESETS.items():
        for baseline, change in {"": lambda preset: preset, **BASELINES}.items():
            overrides = _overrides(change(make()), config)
            candidates.append((len(overrides), preset, baseline, overrides))
    _, preset, baseline, overrides = min(candidates)
    words = [f"--preset={preset}"]
    if baseline:
        words.append(f"--baseline={baseline}")
    return _command("train", path, *words, *(f"--override={one}" for one in overrides))


def evaluate(path, clips=None):
    """Return the command that measures a run.

    Args:
        path: the run's folder.
        clips: the `Clips` to measure on; `None` = the default.
    """
    if not clips:
        return _command("evaluate", path)
    return _command(
        "evaluate",
        path,
        f"--num_clips={clips.count}",
        f"--num_future={clips.num_future}",
    )


def probe(path, probes=None):
    """Return the command that probes a run's codes, and its digits.

    Args:
        path: the run's folder.
        probes: its probes of before, for the same number of clips; `None` = the
            default.
    """
    digits = probes.digits if probes else None
    num_clips = digits.num_clips if digits else None
    flags = [f"--num_digit_clips={num_clips}"] if num_clips else []
    return _command("probe", path, *flags)


def can_be_probed(config):
    """Return whether there is something to probe: codes, or digits."""
    return config.method == "drnet" or has_known_digits(config.data)


def draw(path, baselines=(), figure="all"):
    """Return the command that draws a figure, or all."""
    return _command("draw", path, *_baselines(baselines), f"--figure={figure}")


def report(path, baselines=()):
    """Return the command that writes the report."""
    return _command("report", path, *_baselines(baselines))


def everything(results, clips):
    """Return all commands that make the report of some runs from nothing.

    Released runs are there already.

    Args:
        results: list of `Results`, that of the run first, then those of baselines.
        clips: as of `evaluate`.
    """
    run, *baselines = (result.path for result in results)
    lines = []
    for result in results:
        if not result.is_released:
            lines.append(train(result.path, result.config))
        lines.append(evaluate(result.path, clips))
        if can_be_probed(result.config):
            lines.append(probe(result.path, result.probes))
    return [*lines, draw(run, baselines), report(run, baselines)]


def _overrides(start, goal):
    """Return the overrides that make one configuration of another.

    Settings of stages that the run does not have are left out.
    """
    before, overrides = flatten(start), []
    stages = set(goal.stages)
    unused = set(stage_names()) - stages
    for key, value in flatten(goal).items():
        section, _, name = key.partition(".")
        has_effect = section not in unused or (
            name == "epochs" and section in stage_names(goal.method)
        )
        if value != before[key] and has_effect:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            overrides.append(f"{key}={text}")
    return overrides


def _baselines(paths):
    return [f"--baseline={path}" for path in paths]


def _command(program, path, *flags):
    words = [f"--run_dir={path}", *flags]
    return f"python -m keras_drnet.{program} " + " ".join(map(shlex.quote, words))
