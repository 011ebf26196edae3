"""The table of an experiment, and a summary of all, as Markdown."""

NONE = "\N{EN DASH}"
PEERS_HEAD = """\
# Beside the peers

The systems of other libraries and ours, with the same data, networks, batches, epochs
and seeds. Each is trained in a process of its own on one thread of the processor. Times
are of the processor, for training alone: neither imports nor predictions count. Metrics
are computed by the same functions, from what each returns. Loss weights are equal where
they mean the same; learning rates are the defaults in the first table, and equal in the
others. Our settings were chosen on other seeds. "As accurate", "as high" and "as low"
allow for one standard deviation of the peer's seeds.
"""


def markdown_table(experiment, results):
    """Make the table: rows, their metrics over seeds, figures of papers, criteria.

    Args:
        experiment: an `Experiment`.
        results: its `Results`.

    Returns:
        Markdown, a string. The same results give the same text.
    """
    metrics = experiment.metrics
    lines = [
        f"## {experiment.title}",
        "",
        f"{results.data} Mean and standard deviation of {len(results.seeds)} seeds, "
        f"{sum(results.minutes):.0f} minutes in all.",
        "",
        _line(["", *metrics.values()]),
        _line(["---", *("---:" for _ in metrics)]),
    ]
    for row in results.rows:
        lines.append(_line([row, *(_cell(results, row, m) for m in metrics)]))
    for published in experiment.published:
        note = "" if published.verified else ", not verified"
        cells = (_figure(published.values.get(m)) for m in metrics)
        lines.append(_line([f"*{published.row}: {published.source}{note}*", *cells]))
    lines += ["", *(_criterion(c, results) for c in experiment.criteria)]
    return "\n".join([*lines, "", "```", results.command, "```", ""])


def comparisons_page(entries):
    """Make the page of all comparisons with other libraries.

    Args:
        entries: for each, its name, the `Experiment` and its `Results`.

    Returns:
        Markdown, a string.
    """
    tables = [markdown_table(one, results) for _, one, results in entries]
    return "\n".join([PEERS_HEAD, *tables])


def summary_table(entries):
    """Make one table of the headlines of several experiments.

    Args:
        entries: for each, its name, the `Experiment` and its `Results`.

    Returns:
        Markdown, a string: the row without an adversary and the one with it, mean and
        standard deviation over seeds, the figure of a paper, and how many of the
        experiment's criteria are met.
    """
    heads = "experiment", "row", "metric"
    numbers = "without", "with", "published", "criteria met", "seeds", "minutes"
    lines = [
        _line([*heads, *numbers]),
        _line([*("---" for _ in heads), *("---:" for _ in numbers)]),
    ]
    for name, experiment, results in entries:
        met = sum(criterion.is_met(results) for criterion in experiment.criteria)
        start = f"`{name}`"
        ends = [
            f"{met} of {len(experiment.criteria)}",
            f"{len(results.seeds)}",
            f"{sum(results.minutes):.0f}",
        ]
        for row, metric in experiment.headlines:
            cells = [
                row,
                experiment.metrics[metric],
                _cell(results, results.rows[0], metric),
                _cell(results, row, metric),
                _paper(experiment, row, metric),
            ]
            lines.append(_line([start, *cells, *ends]))
            start, ends = "", [""] * len(ends)
    return "\n".join([*lines, ""])


def _paper(experiment, row, metric):
    for published in experiment.published:
        if published.row == row and metric in published.values:
            text = _figure(published.values[metric])
            return text if published.verified else f"{text} (not verified)"
    return NONE


def _figure(value):
    return NONE if value is None else f"{value:{_form(value)}}"


def _cell(results, row, metric):
    if not results.values(row, metric):
        return NONE
    mean, deviation = results.mean(row, metric), results.deviation(row, metric)
    form = _form(mean)
    return f"{mean:{form}} ± {deviation:{form}}"


def _form(value):
    """Return the format of a value and its deviation: small ones keep their digits."""
    if abs(value) >= 0.01 or value == 0.0:
        return ".3f"
    return ".4f" if abs(value) >= 0.001 else ".1e"


def _criterion(criterion, results):
    verdict = "met" if criterion.is_met(results) else "**missed**"
    return f"- {verdict}: {criterion.text}"


def _line(cells):
    # A metric may be an absolute value.
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
