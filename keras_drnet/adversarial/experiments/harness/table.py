"""The table of an experiment, and a summary of all, as Markdown."""

NONE = "\N{EN DASH}"


def markdown_table(experiment, results):
    """Make the table: rows, their measures over seeds, figures of papers, marks.

    Args:
        experiment: an `Experiment`.
        results: its `Results`.

    Returns:
        Markdown, a string. The same results give the same text.
    """
    measures = experiment.measures
    lines = [
        f"## {experiment.title}",
        "",
        f"{results.data} Mean and standard deviation of {len(results.seeds)} seeds, "
        f"{sum(results.minutes):.0f} minutes in all.",
        "",
        _line(["", *measures.values()]),
        _line(["---", *("---:" for _ in measures)]),
    ]
    for row in results.rows:
        lines.append(_line([row, *(_cell(results, row, m) for m in measures)]))
    for (row, source, verified), values in _published(experiment).items():
        mark = "" if verified else ", not verified"
        cells = (
            f"{values[m]:{_form(values[m])}}" if m in values else NONE for m in measures
        )
        lines.append(_line([f"*{row}: {source}{mark}*", *cells]))
    lines += ["", *(_mark(mark, results) for mark in experiment.marks)]
    return "\n".join([*lines, "", "```", results.command, "```", ""])


def summary_table(entries):
    """Make one table of the headlines of several experiments.

    Args:
        entries: for each, its name, the `Experiment` and its `Results`.

    Returns:
        Markdown, a string: the row without an adversary and the one with it, mean and
        standard deviation over seeds, the figure of a paper, and how many of the
        experiment's marks are met.
    """
    heads = "experiment", "row", "measure"
    numbers = "without", "with", "published", "marks met", "seeds", "minutes"
    lines = [
        _line([*heads, *numbers]),
        _line([*("---" for _ in heads), *("---:" for _ in numbers)]),
    ]
    for name, experiment, results in entries:
        met = sum(mark.is_met(results) for mark in experiment.marks)
        start = f"`{name}`"
        ends = [
            f"{met} of {len(experiment.marks)}",
            f"{len(results.seeds)}",
            f"{sum(results.minutes):.0f}",
        ]
        for row, measure in experiment.headlines:
            cells = [
                row,
                experiment.measures[measure],
                _cell(results, results.rows[0], measure),
                _cell(results, row, measure),
                _paper(experiment, row, measure),
            ]
            lines.append(_line([start, *cells, *ends]))
            start, ends = "", [""] * len(ends)
    return "\n".join([*lines, ""])


def _paper(experiment, row, measure):
    for figure in experiment.published:
        if (figure.row, figure.measure) == (row, measure):
            text = f"{figure.value:{_form(figure.value)}}"
            return text if figure.verified else f"{text} (not verified)"
    return NONE


def _published(experiment):
    """Return the values of each line of published figures, by measure."""
    lines = {}
    for figure in experiment.published:
        key = figure.row, figure.source, figure.verified
        lines.setdefault(key, {})[figure.measure] = figure.value
    return lines


def _cell(results, row, measure):
    if not results.values(row, measure):
        return NONE
    mean, deviation = results.mean(row, measure), results.deviation(row, measure)
    form = _form(mean)
    return f"{mean:{form}} ± {deviation:{form}}"


def _form(value):
    """Return how to write a value and its deviation: small ones keep their digits."""
    if abs(value) >= 0.01 or value == 0.0:
        return ".3f"
    return ".4f" if abs(value) >= 0.001 else ".1e"


def _mark(mark, results):
    return f"- {'met' if mark.is_met(results) else '**missed**'}: {mark.text}"


def _line(cells):
    # A measure may be an absolute value.
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
