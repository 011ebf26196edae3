"""Tables of a report, before they are written as HTML or Markdown."""

import dataclasses
import pathlib

from keras_drnet.data.load import READERS
from keras_drnet.visualization.labels import METHOD_NAMES, run_names

STEPS = (1, 5, 10, 20, 50)  # Frames after the last observed one.
METRICS = {"psnr": ("PSNR (dB)", 2), "ssim": ("SSIM", 3)}  # Decimals.
NONE = "\N{EN DASH}"


@dataclasses.dataclass(frozen=True)
class Cell:
    """A number of a table.

    Attributes:
        text: the number.
        best: whether it is the best of its column.
        note: text under the number, in small.
    """

    text: str
    best: bool = False
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        caption: what it shows.
        rows: list of rows, each a name and then texts or `Cell`s.
        heads: titles of the columns; empty for a list of names and values.
    """

    caption: str
    rows: list
    heads: tuple = ()


def names(results):
    """Return the names of the runs: their methods, with the folder of a second one.

    Args:
        results: list of `Results`.
    """
    return run_names(
        [(one.config.method_name, pathlib.Path(one.path)) for one in results]
    )


def methods(results):
    """Gather the curves of all methods that were measured.

    Args:
        results: list of `Results`, all measured on the same clips.

    Returns:
        A dict of the method's name to its `Curves`; those that need no training,
        which are the same for every run, come last.
    """
    trained, others = {}, {}
    for result, name in zip(results, names(results), strict=True):
        if not result.metrics:
            continue
        for key, curves in result.metrics.prediction.items():
            if key == result.metrics.method:
                trained[name] = curves
            else:
                others[METHOD_NAMES.get(key, key)] = curves
    return trained | others


def clips(results):
    """Return the `Clips` of the results, `None` if nothing was measured."""
    return next((r.metrics.clips for r in results if r.metrics), None)


def basis(results, *, intervals=True):
    """Describe the clips and statistics of the tables of prediction.

    Args:
        results: list of `Results`, of which one was measured.
        intervals: whether the tables have intervals.
    """
    measured = clips(results)
    what, caveat = "held-out clips", ""
    if measured.recordings is not None:
        what = f"windows of {measured.recordings} held-out recordings"
    elif results[0].config.data.dataset in READERS:
        what = "windows of held-out recordings"
        caveat = ", too narrow where windows are of one recording"
    means = "Means over them"
    if intervals:
        means += f", with 95 % intervals of the mean{caveat}"
    return (
        f"All methods on the same {measured.count} {what}, {measured.num_past} "
        f"frames observed. {means}; the best of a column is bold."
    )


def predictions(curves):
    """Make a table for each metric; none where nothing was measured.

    Args:
        curves: what `methods` returns.
    """
    return [prediction(curves, metric) for metric in METRICS if curves]


def prediction(curves, metric):
    """Make the table of one metric at chosen steps.

    Args:
        curves: what `methods` returns.
        metric: a key of `METRICS`.
    """
    label, digits = METRICS[metric]
    means = {name: getattr(one, metric) for name, one in curves.items()}
    num_future = max(map(len, means.values()))
    steps = [step for step in STEPS if step <= num_future]
    best = {step: max(values[step - 1] for values in means.values()) for step in steps}
    rows = []
    for name, values in means.items():
        interval = getattr(curves[name], f"{metric}_interval")
        cells = []
        for step in steps:
            mean = values[step - 1]
            ends = interval[step - 1] if interval else ()
            note = " to ".join(f"{end:.{digits}f}" for end in ends)
            cells.append(Cell(f"{mean:.{digits}f}", mean == best[step], note))
        rows.append([name, *cells])
    caption = f"{label} by frames after the last observed one"
    return Table(caption, rows, ("Method", *(f"+{step}" for step in steps)))


def training(run):
    """Make the table of steps and time of each stage.

    Args:
        run: its `Results`.
    """
    rows = []
    for name, stage in run.stages.items():
        text = f"{stage.steps:,} steps"
        if stage.seconds:
            text += f" in {_duration(stage.seconds)}"
        rows.append([f"Stage {name}", text])
    return Table("Training", rows)


def _duration(seconds):
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
