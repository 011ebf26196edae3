"""The numbers of the report as Markdown, to be kept beside code and compared."""

import dataclasses
import pathlib

from keras_drnet.reporting import code_tables, commands, tables
from keras_drnet.reporting.tables import Cell


def build(results):
    """Make the text: what the page has, without pictures, settings and versions.

    Args:
        results: list of `Results`, that of the run first, then those of baselines.

    Returns:
        Markdown, a string. The same results give the same text.
    """
    names, run = tables.names(results), results[0]
    parts = [f"# {names[0]} on {run.config.data.dataset}: {run.path.name}"]
    methods = tables.methods(results)
    if methods:
        parts += ["## Prediction", tables.basis(results)]
        parts += [table(tables.prediction(methods, name)) for name in tables.MEASURES]
    for result, name in zip(results, names, strict=True):
        parts += [f"## {name}", table(tables.training(result))]
        parts += map(table, code_tables.all_of(result))
    elsewhere = [
        dataclasses.replace(result, path=pathlib.Path("runs", result.path.name))
        for result in results
    ]
    lines = commands.everything(elsewhere, tables.clips(results))
    parts += ["## Commands", "\n".join(["```", *lines, "```"])]
    return "\n\n".join(parts) + "\n"


def table(content):
    """Make a table.

    Args:
        content: a `tables.Table`.

    Returns:
        Markdown, a string: the caption and the table.
    """
    heads = content.heads or ("", "")
    marks = ["---", *(("---:" if content.heads else "---") for _ in heads[1:])]
    rows = [_row(heads), _row(marks), *map(_row, content.rows)]
    return "\n".join([f"{content.caption}:", "", *rows])


def _row(cells):
    return f"| {' | '.join(map(_text, cells))} |"


def _text(cell):
    if isinstance(cell, Cell):
        number = f"**{cell.text}**" if cell.best else cell.text
        return f"{number} ({cell.note})" if cell.note else number
    return str(cell).replace("|", r"\|").replace("<", "&lt;")
