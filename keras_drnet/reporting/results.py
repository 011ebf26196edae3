"""Results of runs: their files, read and checked against each other."""

import dataclasses
import pathlib

from keras_drnet.checkpoints.checkpoint import MANIFEST_FILE
from keras_drnet.checks.json_input import parse_json
from keras_drnet.config.overrides import from_dict
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError
from keras_drnet.reporting import commands
from keras_drnet.reporting.measurements import CodeProbes, DigitProbes, Metrics

# Content of probes.json by the method of the run.
PROBES = {"drnet": CodeProbes, "mcnet": DigitProbes}


@dataclasses.dataclass(frozen=True)
class Stage:
    """Training of one stage of a run.

    Attributes:
        steps: steps trained.
        seconds: time that they took; 0 = not known.
        versions: dict of package to the version that trained it.
    """

    steps: int
    seconds: float
    versions: dict


@dataclasses.dataclass(frozen=True)
class Results:
    """Configuration and results of a run.

    Attributes:
        name: its name.
        path: what `--run_dir` calls it: its folder, or an address.
        is_released: whether it is a released run, which is not trained here.
        figures: folder of its figures.
        config: its `Config`.
        stages: dict of stage to `Stage`.
        metrics: `Metrics` that `evaluate` wrote, or `None` if it has not been run.
        probes: `CodeProbes` or `DigitProbes` that `probe` wrote, or `None`.
    """

    name: str
    path: str
    is_released: bool
    figures: pathlib.Path
    config: Config
    stages: dict
    metrics: Metrics | None
    probes: CodeProbes | DigitProbes | None


def read_results(run):
    """Read the results of a run, as far as there are any.

    Args:
        run: a `RunFolder`.

    Returns:
        `Results`.

    Raises:
        InputError: the folder holds no run, or a file is damaged or lacks values.
    """
    config, argument = run.config(), run.argument
    metrics = _read(
        run.find("evaluation/metrics.json"), Metrics, commands.evaluate(argument)
    )
    probes = _read(
        run.find("evaluation/probes.json"),
        PROBES[config.method],
        commands.probe(argument),
    )
    return Results(
        name=run.name,
        path=argument,
        is_released=run.is_released,
        figures=run.output_path("figures"),
        config=config,
        stages={name: _read_stage(run, name, metrics) for name in run.stages()},
        metrics=metrics,
        probes=probes,
    )


def check_same_clips(results):
    """Check that results were measured on the same clips.

    Args:
        results: list of `Results`; those without metrics are left out.

    Raises:
        InputError: clips differ; the message has the command that measures on the
            first one's.
    """
    measured = [result for result in results if result.metrics]
    for result in measured[1:]:
        ours, theirs = (r.metrics.clips for r in (measured[0], result))
        if (ours.sha256, ours.num_past) == (theirs.sha256, theirs.num_past):
            continue
        if ours.seed != theirs.seed:
            todo = (
                f"Its seed is {theirs.seed}, not {ours.seed}: train it with "
                f"--override=seed={ours.seed}"
            )
        elif (ours.count, ours.num_future) == (theirs.count, theirs.num_future):
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
        f"{clips.count} clips, {clips.num_past} frames observed, "
        f"{clips.num_future} predicted"
    )


def _read_stage(run, name, metrics):
    checkpoints = run.checkpoints(name)
    steps, seconds = checkpoints.progress()
    if not steps:  # Only the results of the run are here.
        if metrics is None:
            return Stage(0, 0.0, {})
        return Stage(
            metrics.train_steps.get(name, 0), metrics.train_seconds.get(name, 0.0), {}
        )
    manifest = checkpoints.folder / f"step_{steps:08d}" / MANIFEST_FILE
    return Stage(steps, seconds, parse_json(manifest.read_bytes())["versions"])


def _read(path, content, command):
    """Return the content of a JSON file, `None` if there is no file."""
    if not path.exists():
        return None
    try:
        values = parse_json(path.read_bytes())
        record = from_dict(content, values, whole="the file", ignore_unknown=True)
        _check_lengths(record)
    except InputError as error:
        fault = str(error).rstrip(".") + "."
    else:
        return record
    raise InputError(f"{path} cannot be used: {fault} Write it again: {command}")


def _check_lengths(record):
    """Check that columns of one table have as many values as each other."""
    tables = {}
    if isinstance(record, Metrics):
        tables = {f"prediction.{key}": one for key, one in record.prediction.items()}
    elif record.digits:
        tables = {"digits": record.digits}
    for name, columns in tables.items():
        lengths = {len(one) for one in vars(columns).values() if isinstance(one, list)}
        if len(lengths) > 1:
            raise InputError(f"the lists of {name} have different lengths.")
