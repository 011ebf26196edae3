"""What an experiment is: rows of metrics for each seed, and what they should show."""

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
            with packages, or are generated.
        tiny: whether only to show that it runs and learns, in seconds.
        peers_python: a Python that has the peers, of comparisons with them.
    """

    data_dir: pathlib.Path | None = None
    tiny: bool = False
    peers_python: str | None = None

    def folder(self, name):
        """Return the folder of a data set, "" where there is none."""
        if self.data_dir is None or not (self.data_dir / name).is_dir():
            return ""
        return str(self.data_dir / name)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The results of one seed.

    Attributes:
        rows: by name of row, the metrics by name. The row without an adversary comes
            first.
        data: the data, in a sentence.
        arrays: by name, what the drawing needs.
    """

    rows: Mapping[str, Mapping[str, float]]
    data: str
    arrays: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Published:
    """Figures of the literature for one row.

    Attributes:
        row: name of the row to compare with.
        values: by name of metric, the figure.
        source: the paper, or other source.
        verified: whether the figures were read in the source itself.
    """

    row: str
    values: Mapping[str, float]
    source: str
    verified: bool = False


@dataclasses.dataclass(frozen=True)
class AcceptanceCriterion:
    """What the results should show.

    Attributes:
        text: the criterion in words.
        is_met: function of `Results` to whether it is met.
    """

    text: str
    is_met: Callable[["Results"], bool]


@dataclasses.dataclass(frozen=True)
class Results:
    """The rows of all seeds.

    Attributes:
        seeds: list of the `rows` of each seed's `Outcome`.
        minutes: duration of each.
        data: the data, in a sentence.
        command: the command that made them.
    """

    seeds: Sequence[Mapping[str, Mapping[str, float]]]
    minutes: Sequence[float] = ()
    data: str = ""
    command: str = ""

    @property
    def rows(self):
        """The names of the rows, in order."""
        return list(self.seeds[0])

    def values(self, row, metric):
        """Return a metric of a row, a value for each seed that has it."""
        return [rows[row][metric] for rows in self.seeds if metric in rows[row]]

    def mean(self, row, metric):
        """Return the mean of a metric over seeds."""
        return statistics.fmean(self.values(row, metric))

    def deviation(self, row, metric):
        """Return the standard deviation over seeds, 0 for one seed."""
        values = self.values(row, metric)
        return statistics.stdev(values) if len(values) > 1 else 0.0


@dataclasses.dataclass(frozen=True)
class Experiment:
    """The experiment of a system.

    Attributes:
        title: one line.
        run: function of a seed and `Settings` to an `Outcome`. It seeds everything
            itself, see `training.run_rows`.
        metrics: by name, a metric in words, with its unit and chance where it has one.
            They are columns of the table and panels of the plot, in this order.
        headlines: pairs of a row and a metric, for the summary of all experiments.
        published: figures of the literature.
        criteria: what the results should show.
        draw: function of a matplotlib figure and the first seed's `arrays`, for a
            picture beside the metrics; `None` if there is nothing to draw.
    """

    title: str
    run: Callable[[int, Settings], Outcome]
    metrics: Mapping[str, str]
    headlines: Sequence[tuple[str, str]]
    published: Sequence[Published] = ()
    criteria: Sequence[AcceptanceCriterion] = ()
    draw: Callable[[Any, Mapping[str, Any]], None] | None = None
