"""The numbers of a report as Markdown, to be kept beside code and compared."""

import dataclasses

from keras_drnet.reporting import code_tables, commands, tables
from keras_drnet.reporting.tables import NONE, Cell, Table


def build(results):
    """Make the text: tables and commands, without figures, settings and versions.

    Args:
        results: list of `Results`, that of the run first, then those of baselines.

    Returns:
        Markdown, a string. The same results give the same text.
    """
    names, run = tables.names(results), results[0]
    parts = [f"# {names[0]} on {run.config.data.dataset}: {run.name}"]
    methods = tables.methods(results)
    if methods:
        parts += ["## Prediction", tables.basis(results)]
        parts += map(table, tables.predictions(methods))
    lists, sections = {}, []
    for result, name in zip(results, names, strict=True):
        with_heads = []
        for one in (tables.training(result), *code_tables.all_of(result)):
            if one.heads:
                with_heads.append(table(one))
            else:
                lists.setdefault(one.caption, {})[name] = dict(one.rows)
        if with_heads:
            sections += [f"## {name}", *with_heads]
    parts += ["## Runs", *(table(_compare(*one)) for one in lists.items()), *sections]
    elsewhere = [
        dataclasses.replace(one, path=f"runs/{one.name}", is_released=False)
        for one in results
    ]
    lines = commands.everything(elsewhere, tables.clips(results))
    parts += ["## Commands", "\n".join(["```", *lines, "```"])]
    return "\n\n".join(parts) + "\n"


def table(content):
    """Make a table.

    Args:
        content: a `tables.Table` with heads.

    Returns:
        Markdown, a string: the caption and the table.
    """
    marks = ["---", *("---:" for _ in content.heads[1:])]
    rows = [_row(content.heads), _row(marks), *map(_row, content.rows)]
    return "\n".join([f"{content.caption}:", "", *rows])


def _compare(caption, columns):
    """Make one table of several lists of names and values."""
    names = dict.fromkeys(name for values in columns.values() for name in values)
    rows = [
        [name, *(values.get(name, NONE) for values in columns.values())]
        for name in names
    ]
    return Table(caption, rows, ("", *columns))


def _row(cells):
    return f"| {' | '.join(map(_text, cells))} |"


def _text(cell):
    if isinstance(cell, Cell):
        number = f"**{cell.text}**" if cell.best else cell.text
        return f"{number} ({cell.note})" if cell.note else number
    return str(cell).replace("|", r"\|").replace("<", "&lt;")
