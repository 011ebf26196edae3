"""The plot of an experiment: every seed of every row, and figures of papers."""

import textwrap

import numpy as np

from keras_drnet.errors import import_extra

MAX_PANELS = 4  # Side by side.
LABEL_WIDTH = 28  # Letters under a panel.
SEED = {"marker": "o", "color": "C0", "alpha": 0.5}
VERIFIED = {"marker": "D", "color": "C3"}
NOT_VERIFIED = VERIFIED | {"markerfacecolor": "none"}


def plot_results(file, experiment, results, arrays=None):
    """Plot each metric: a dot a seed, a bar for the mean, a diamond for a paper.

    Args:
        file: PNG file to write: a path, or a binary file that is open.
        experiment: an `Experiment`.
        results: its `Results`.
        arrays: what `experiment.draw` takes, drawn below the metrics if it is there.
    """
    names = list(experiment.metrics)
    columns = min(len(names), MAX_PANELS)
    lines = -(-len(names) // columns)
    panel = 0.3 + 0.25 * len(results.rows)
    height = 0.8 + lines * (0.9 + panel)
    picture = 4.0 if experiment.draw and arrays else 0.0
    size = (3 + 2.6 * columns, height + picture)
    figure = import_extra("matplotlib.figure").Figure(figsize=size)
    parts = figure.subfigures(
        2 if picture else 1,
        1,
        height_ratios=[height, picture] if picture else None,
        squeeze=False,
    )[:, 0]
    axes = parts[0].subplots(lines, columns, sharey=True, squeeze=False)
    parts[0].suptitle(experiment.title)
    _legend(parts[0], experiment)
    for axis in axes.flat[len(names) :]:
        axis.set_visible(False)
    for axis, name in zip(axes.flat, names, strict=False):
        _panel(axis, experiment, results, name)
    parts[0].subplots_adjust(
        left=0.3 if columns < 3 else 0.2,
        right=0.98,
        top=1 - 0.5 / height,
        bottom=1.05 / height,
        wspace=0.15,
        hspace=0.9 / panel,
    )
    if picture:
        experiment.draw(parts[1], arrays)
    figure.savefig(file, format="png", dpi=120)


def axes_of_rows(figure, arrays, *, stacked=False, **kwargs):
    """Yield an axis with a title, a row's name and its array, for each row.

    Args:
        figure: matplotlib figure to draw on.
        arrays: by name of row, an array.
        stacked: whether axes are below each other, instead of side by side.
        **kwargs: arguments of `subplots`.
    """
    shape = (len(arrays), 1) if stacked else (1, len(arrays))
    axes = figure.subplots(*shape, squeeze=False, **kwargs)
    for axis, (row, array) in zip(axes.flat, arrays.items(), strict=True):
        axis.set_title(row, fontsize="medium")
        yield axis, row, array


def _legend(figure, experiment):
    lines = import_extra("matplotlib.lines")
    # Only the kinds of points that there are.
    known = {published.verified for published in experiment.published}
    handles = [
        lines.Line2D([], [], linestyle="", label=label, **style)
        for label, style, is_used in (
            ("a seed, and the mean", SEED, True),
            ("published", VERIFIED, True in known),
            ("published, not verified", NOT_VERIFIED, False in known),
        )
        if is_used
    ]
    figure.legend(handles=handles, loc="lower center", ncols=3, frameon=False)


def _panel(axis, experiment, results, metric):
    rows = results.rows
    for place, row in enumerate(rows):
        values = results.values(row, metric)
        if values:
            places = np.full(len(values), place)
            axis.plot(values, places, linestyle="", **SEED)
            axis.plot(np.mean(values), place, "|", color="C0", markersize=18)
    for published in experiment.published:
        if metric in published.values and published.row in rows:
            place = rows.index(published.row)
            style = VERIFIED if published.verified else NOT_VERIFIED
            axis.plot(published.values[metric], place, linestyle="", **style)
    axis.set_yticks(range(len(rows)), rows)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_xlabel(textwrap.fill(experiment.metrics[metric], LABEL_WIDTH))
    axis.locator_params(axis="x", nbins=4)
    axis.grid(alpha=0.3)
