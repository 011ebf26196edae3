"""Tables of what was measured, before they are HTML or Markdown."""

import dataclasses

from keras_drnet.data.load import READERS
from keras_drnet.visualization.labels import METHOD_NAMES, run_names

STEPS = (1, 5, 10, 20, 50)  # Frames after the last observed one.
MEASURES = {"psnr": ("PSNR (dB)", 2), "ssim": ("SSIM", 3)}  # Digits after the point.
NONE = "\N{EN DASH}"


@dataclasses.dataclass(frozen=True)
class Cell:
    """A number of a table.

    Attributes:
        text: the number.
        best: whether it is the best of its column.
        note: what stands under it, in small.
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
        heads: words for each column; empty where there is one, of facts.
    """

    caption: str
    rows: list
    heads: tuple = ()


def names(results):
    """Return the methods' names; that of a second one has its folder too.

    Args:
        results: list of `Results`.
    """
    return run_names([(result.config.method_name, result.path) for result in results])


def methods(results):
    """Gather the curves of all methods that were measured.

    Args:
        results: list of `Results`, all measured on the same clips.

    Returns:
        A dict of the method's name to what `evaluate` found; those that need no
        training, which are the same beside every run, come last.
    """
    trained, others = {}, {}
    for result, name in zip(results, names(results), strict=True):
        for key, values in (result.metrics or {"prediction": {}})["prediction"].items():
            if key == result.metrics["method"]:
                trained[name] = values
            else:
                others[METHOD_NAMES.get(key, key)] = values
    return trained | others


def clips(results):
    """Return which clips the results were measured on, `None` if nothing was."""
    return next((r.metrics["clips"] for r in results if r.metrics), None)


def basis(results):
    """Say on what the tables of prediction were measured.

    Args:
        results: list of `Results`, of which one was measured.
    """
    measured = clips(results)
    what, caveat = "held-out clips", ""
    if "recordings" in measured:
        what = f"windows of {measured['recordings']} held-out recordings"
    elif results[0].config.data.dataset in READERS:
        what = "windows of held-out recordings"
        caveat = ", too narrow where windows are of one recording"
    return (
        f"All methods on the same {measured['count']} {what}, {measured['num_past']} "
        f"frames observed. Means over them, with 95 % intervals of the mean{caveat}; "
        "the best of a column is bold."
    )


def prediction(curves, measure):
    """Make the table of one measure at chosen steps.

    Args:
        curves: what `methods` returns.
        measure: a key of `MEASURES`.
    """
    label, digits = MEASURES[measure]
    num_future = max(len(values[measure]) for values in curves.values())
    steps = [step for step in STEPS if step <= num_future]
    rows = []
    for name, values in curves.items():
        cells = []
        for step in steps:
            mean = values[measure][step - 1]
            best = mean == max(one[measure][step - 1] for one in curves.values())
            interval = values.get(f"{measure}_interval")
            ends = (
                [f"{end:.{digits}f}" for end in interval[step - 1]] if interval else ()
            )
            cells.append(Cell(f"{mean:.{digits}f}", best, " to ".join(ends)))
        rows.append([name, *cells])
    caption = f"{label} of the frame so many after the last observed one"
    return Table(caption, rows, ("Method", *(f"+{step}" for step in steps)))


def training(run):
    """Make the table of how far the stages of a run were trained.

    Args:
        run: its `Results`.
    """
    rows = []
    for name, stage in run.stages.items():
        text = f"{stage.steps:,} steps"
        if stage.seconds:
            text += f" in {_duration(stage.seconds)}"
        rows.append([f"Stage {name}", text])
    return Table("What was trained", rows)


def _duration(seconds):
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
