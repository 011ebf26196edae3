"""The pages of the documentation, and what they name: code, commands, paths."""

import dataclasses
import re
import shlex

from keras_drnet.config.schema import Config
from tests.support.paths import ROOT

# Pages below docs/results are written by programs.
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "export/**/*.md", "*_demo/*.md")
    for path in ROOT.glob(pattern)
    if "results" not in path.parts and path.name != "CHANGELOG.md"
)
COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )*((?:make|python|drnet(?:-\w+)?) .+)")


def python_blocks(page):
    """Return the fenced Python blocks of a page."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.S)


def command_lines(page):
    """Return the commands of a page, each as a list of its words."""
    text = re.sub(r"^```python\n.*?^```", "", page.read_text(), flags=re.M | re.S)
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    indented = re.findall(r"^    (.*(?:\\\n.*)*)", text, re.M)
    inline = re.findall(r"(?<!`)`([^`]+)`(?!`)", text)
    lines = "\n".join([*fenced, *indented]).replace("\\\n", " ").replace("&&", "\n")
    lines = lines.splitlines()
    lines += [" ".join(code.split()) for code in inline]
    found = [COMMAND.match(line.strip()) for line in lines]
    return [shlex.split(match[1], comments=True) for match in found if match]


def settings(page):
    """Return the keys of the configuration that a page names: `section.key`."""
    code = re.findall(r"`(?:--override=)?(\w+\.\w+)(?:=[^`]*)?`", page.read_text())
    sections = {field.name for field in dataclasses.fields(Config)}
    keys = [key for key in code if not key.endswith(".tflite")]
    return [key for key in keys if key.partition(".")[0] in sections]


def repository_paths(page):
    """Return the paths of the repository that a page names, with wildcards."""
    code = re.findall(r"`([\w./*-]+)`", page.read_text())
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    return [path for path in code if "/" in path and path.split("/")[0] in folders]
