"""The commands and paths that the documentation names exist."""

import json
import re
import subprocess
import sys
import tomllib

import pytest

from keras_drnet import __main__
from keras_drnet.__main__ import PROGRAMS
from keras_drnet.config.overrides import flatten
from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config
from tests.docs.pages import (
    PAGES,
    command_lines,
    python_blocks,
    repository_paths,
    settings,
)
from tests.support.paths import ROOT

SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
COMMANDS = [words for page in PAGES for words in command_lines(page)]


def test_there_is_something_to_check():
    assert len(COMMANDS) > 40
    assert sum(len(python_blocks(page)) for page in PAGES) > 8


def parse_drnet(name, *arguments):
    """Returns the module and the arguments that `drnet name arguments...` runs."""
    if name in PROGRAMS:
        # Every program has --help, of absl.
        return [PROGRAMS[name].module, *(a for a in arguments if a != "--help")]
    assert name in {"--help", *__main__.COMMANDS}
    return ["keras_drnet.__main__"]


def test_programs_accept_the_flags():
    parser = ROOT / "tests" / "docs" / "parse_command_lines.py"
    wrong = ["keras_drnet.evaluate", "--run_dir=runs/kth", "--num_futures=50"]
    quickstart = [line.split() for line in __main__.QUICKSTART.splitlines()]
    wanted = [wrong, *(parse_drnet(*words) for words in quickstart)]
    for program, *arguments in COMMANDS:
        if program == "drnet":
            wanted.append(parse_drnet(*arguments))
        elif program in SCRIPTS:
            wanted.append([SCRIPTS[program].partition(":")[0], *arguments])
        elif program == "python" and arguments[0] == "-m":
            wanted.append(arguments[1:])
        elif program == "python":
            assert (ROOT / arguments[0]).is_file(), arguments
    refused = subprocess.run(
        [sys.executable, str(parser)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(refused.stdout) == [wrong], refused.stderr


def test_make_has_the_targets():
    rules = re.findall(r"^([\w./-][^:=#\n]*):", (ROOT / "Makefile").read_text(), re.M)
    targets = {target for rule in rules for target in rule.split()}
    for program, *arguments in COMMANDS:
        if program == "make":
            assert {word for word in arguments if "=" not in word} <= targets


def test_presets_have_the_settings():
    for _, *arguments in COMMANDS:
        flags = [word.partition("=")[::2] for word in arguments]
        overrides = [value for name, value in flags if name == "--override"]
        for preset in (value for name, value in flags if name == "--preset"):
            PRESETS[preset]().with_overrides(overrides)


def test_settings_exist():
    known = flatten(Config())
    assert {key for page in PAGES for key in settings(page)} <= known.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_exist(page):
    for path in repository_paths(page):
        assert list(ROOT.glob(path)), path
