"""What an experiment is: rows of measures for a seed, and what they should be."""

import dataclasses
import pathlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True)
class Settings:
    """How experiments are run.

    Attributes:
        data_dir: folder with a folder for each data set, or `None`: data that come
            with packages, or are made.
        tiny: whether only to show that it runs and learns, in seconds.
    """

    data_dir: pathlib.Path | None = None
    tiny: bool = False

    def folder(self, name):
        """Return the folder of a data set, "" where there is none."""
        if self.data_dir is None or not (self.data_dir / name).is_dir():
            return ""
        return str(self.data_dir / name)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one seed gave.

    Attributes:
        rows: by name of row, the measures by name. The row without an adversary comes
            first.
        data: what it was measured on, in a few words.
        arrays: by name, what the drawing needs.
    """

    rows: Mapping[str, Mapping[str, float]]
    data: str
    arrays: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Published:
    """A figure of the literature.

    Attributes:
        row: name of the row that it is to be compared with.
        measure: name of the measure.
        value: the figure.
        source: where it is from.
        verified: whether it was read in the source.
    """

    row: str
    measure: str
    value: float
    source: str
    verified: bool


@dataclasses.dataclass(frozen=True)
class Mark:
    """What the results ought to show.

    Attributes:
        text: the mark in words.
        is_met: function of `Results` to whether it is met.
    """

    text: str
    is_met: Callable[["Results"], bool]


@dataclasses.dataclass(frozen=True)
class Results:
    """The rows of all seeds.

    Attributes:
        seeds: list of the `rows` of each seed's `Outcome`.
        minutes: how long each took.
        data: what they were measured on.
        command: what made them.
    """

    seeds: Sequence[Mapping[str, Mapping[str, float]]]
    minutes: Sequence[float] = ()
    data: str = ""
    command: str = ""

    @property
    def rows(self):
        """The names of the rows, in order."""
        return list(self.seeds[0])

    def values(self, row, measure):
        """Return a measure of a row, a value for each seed that has it."""
        return [rows[row][measure] for rows in self.seeds if measure in rows[row]]

    def mean(self, row, measure):
        """Return the mean of a measure over seeds."""
        return statistics.fmean(self.values(row, measure))

    def deviation(self, row, measure):
        """Return the standard deviation over seeds, 0 for one seed."""
        values = self.values(row, measure)
        return statistics.stdev(values) if len(values) > 1 else 0.0


@dataclasses.dataclass(frozen=True)
class Experiment:
    """The experiment of a system.

    Attributes:
        title: what it is, in a line.
        run: function of a seed and `Settings` to an `Outcome`. It seeds everything
            itself: `keras.utils.set_random_seed(seed)` before each row.
        measures: by name, what a measure is, with its unit and chance where it has
            one. They are columns of the table and panels of the plot, in this order.
        headlines: pairs of a row and a measure, for the summary of all experiments.
        published: figures of the literature.
        marks: what the results ought to show.
        draw: function of a matplotlib figure and the first seed's `arrays`, for a
            picture beside the measures; `None` if there is nothing to draw.
    """

    title: str
    run: Callable[[int, Settings], Outcome]
    measures: Mapping[str, str]
    headlines: Sequence[tuple[str, str]]
    published: Sequence[Published] = ()
    marks: Sequence[Mark] = ()
    draw: Callable[[Any, Mapping[str, Any]], None] | None = None
