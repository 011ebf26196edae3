"""A page of HTML that needs no other file: elements, tables, pictures, style."""

import base64
import html

from keras_drnet.reporting.tables import Cell

STYLE = """
:root {
  color-scheme: light dark;
  --text: #1c1e21; --faint: #5c6470; --line: #d5d9e0; --back: #ffffff; --mark: #f2f4f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e8eb; --faint: #a2aab5; --line: #3a4048; --back: #15181c;
    --mark: #20252b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 66rem;
  font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
}
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
.faint, caption, figcaption, small { color: var(--faint); }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.4rem; }
caption span {
  position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2rem);
}
th, td { padding: 0.3rem 0.8rem; border-bottom: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; }
td small { display: block; font-size: 0.75rem; }
thead th { border-bottom-width: 2px; }
tr > th:first-child { position: sticky; left: 0; background: var(--back); }
td { overflow-wrap: break-word; }
figure { margin: 1rem 0; }
img, video { display: block; background: #ffffff; border-radius: 4px; }
figure img, figure video { max-width: 100%; height: auto; }
.wide img { max-width: none; width: max(100%, 56rem); }
.row {
  display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr));
}
.row figure { margin: 0; }
.missing {
  border-left: 4px solid #c98a00; padding: 0.4rem 0.8rem; background: var(--mark);
  overflow-wrap: anywhere;
}
pre, code { font: 0.875rem/1.5 ui-monospace, monospace; }
pre { background: var(--mark); padding: 0.8rem; overflow-x: auto; border-radius: 4px; }
summary { cursor: pointer; padding: 0.3rem 0; }
:focus-visible { outline: 2px solid #3b82f6; }
"""
VOID = {"img", "meta"}


class Html(str):
    """Text that is HTML already; all other is escaped."""


def tag(name, *children, **attributes):
    """Make an element.

    Args:
        name: of the element.
        *children: `Html`, or text, which is escaped; `None` is left out.
        **attributes: its attributes; `_` stands for `-`, one at the end is dropped,
            `True` is an attribute without a value.

    Returns:
        `Html`.
    """
    words = [name]
    for key, value in attributes.items():
        key = key.rstrip("_").replace("_", "-")
        words.append(key if value is True else f'{key}="{html.escape(str(value))}"')
    start = f"<{' '.join(words)}>"
    if name in VOID:
        return Html(start)
    return Html(f"{start}{join(children)}</{name}>")


def join(parts):
    """Put `Html` and text, which is escaped, one after the other."""
    return Html(
        "".join(
            part if isinstance(part, Html) else html.escape(str(part))
            for part in parts
            if part is not None
        )
    )


def table(content):
    """Make a table that scrolls where it is too wide; the first column are names.

    Args:
        content: a `tables.Table`.
    """
    kind = {"class_": "number"} if content.heads else {}
    rows = []
    for name, *cells in content.rows:
        others = [tag("td", _cell(cell), **kind) for cell in cells]
        rows.append(tag("tr", tag("th", name, scope="row"), *others))
    head = None
    if content.heads:
        first, *others = content.heads
        heads = [tag("th", first, scope="col")]
        heads += [tag("th", name, scope="col", class_="number") for name in others]
        head = tag("thead", tag("tr", *heads))
    caption = tag("caption", tag("span", content.caption))
    return scrolling(tag("table", caption, head, tag("tbody", *rows)), content.caption)


def _cell(cell):
    if not isinstance(cell, Cell):
        return cell
    number = tag("strong", cell.text) if cell.best else cell.text
    return join([number, tag("small", cell.note) if cell.note else None])


def missing(what, command):
    """Say what is not there, and the command that makes it."""
    return tag("p", f"{what} yet. To do it: ", tag("code", command), class_="missing")


def scrolling(content, label):
    """Let something wide scroll by itself, with the keyboard too."""
    return tag(
        "div", content, class_="wide", role="region", aria_label=label, tabindex=0
    )


def data_uri(content, media_type):
    """Return bytes as an address that holds them."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def page(title, *content):
    """Make the page, a string."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(STYLE)),
    )
    body = tag("body", tag("main", *content))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"
