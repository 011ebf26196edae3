"""The table of an experiment, as Markdown."""

NONE = "\N{EN DASH}"


def markdown_table(experiment, results):
    """Makes the table: rows, their measures over seeds, figures of papers, marks.

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
        cells = (f"{values[m]:.3f}" if m in values else NONE for m in measures)
        lines.append(_line([f"*{row}: {source}{mark}*", *cells]))
    lines += ["", *(_mark(mark, results) for mark in experiment.marks)]
    return "\n".join([*lines, "", "```", results.command, "```", ""])


def _published(experiment):
    """Returns the values of each line of published figures, by measure."""
    lines = {}
    for figure in experiment.published:
        key = figure.row, figure.source, figure.verified
        lines.setdefault(key, {})[figure.measure] = figure.value
    return lines


def _cell(results, row, measure):
    if not results.values(row, measure):
        return NONE
    mean, deviation = results.mean(row, measure), results.deviation(row, measure)
    return f"{mean:.3f} ± {deviation:.3f}"


def _mark(mark, results):
    return f"- {'met' if mark.is_met(results) else '**missed**'}: {mark.text}"


def _line(cells):
    return f"| {' | '.join(cells)} |"
