"""BUILD tells the truth: a target's dependencies are the imports of its sources."""

import ast
import dataclasses
import functools
import itertools
import pathlib
import re

import pytest

import keras_drnet
from tests.support.imports import imports
from tests.support.paths import ROOT

BUILD = (ROOT / "BUILD").read_text()
BINARIES = ("module_binary", "py_binary")
RULES = ("py_library", "pytest_tests", *BINARIES)
FILES = {
    path.relative_to(ROOT).as_posix(): path
    for package in ("keras_drnet", "export", "tests")
    for path in (ROOT / package).rglob("*.py")
}
MODULES = {
    file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file
    for file in FILES
}
IMPORT = re.compile(r"(?:from ([\w.]+) )?import ([\w.]+)")
PROGRAMS = {
    file for file, path in FILES.items() if "\ndef entry_point():" in path.read_text()
}


@dataclasses.dataclass(frozen=True)
class Target:
    """A rule's call in BUILD; of its arguments, those that make the graph."""

    rule: str
    label: str
    srcs: list[str]
    deps: list[str]
    data: list[str]
    main: str | None


def targets(build):
    for statement in ast.parse(build).body:
        match statement:
            case ast.Expr(ast.Call(ast.Name(rule), keywords=keywords)) if rule in RULES:
                given = {keyword.arg: evaluate(keyword.value) for keyword in keywords}
                lists = {key: given.get(key, []) for key in ("srcs", "deps", "data")}
                yield Target(rule, f":{given['name']}", main=given.get("main"), **lists)


def evaluate(node):
    """Returns the value of an argument: a literal or a `glob`."""
    match node:
        case ast.Call(ast.Name("glob"), [patterns], keywords):
            excluded = [
                file
                for word in keywords
                if word.arg == "exclude"
                for file in find_all(word.value)
            ]
            return [file for file in find_all(patterns) if file not in excluded]
    return ast.literal_eval(node)


def find_all(patterns):
    """Returns the files that a list of patterns matches."""
    paths = itertools.chain(*map(ROOT.glob, ast.literal_eval(patterns)))
    return sorted({path.relative_to(ROOT).as_posix() for path in paths})


@functools.cache
def imported(file):
    """Returns the files that a file imports, and those that come with its folder."""
    path = pathlib.PurePath(file)
    packages = {f"{parent.as_posix()}/__init__.py" for parent in path.parents}
    if path.name.startswith("test_") and len(path.parts) > 2:
        packages.add(f"{path.parent.as_posix()}/conftest.py")
    package = path.parent.as_posix().replace("/", ".")
    found = {find(name) for name in imports(FILES[file], package)} - {None}
    return found | packages & FILES.keys()


def find(name):
    """Returns the file of a module or of what a module defines; None if not ours."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return MODULES.get(name)


@functools.cache
def run(file):
    """Returns the files that a file runs: modules it has the names of, code it has."""
    nodes = ast.walk(ast.parse(FILES[file].read_text()))
    constants = {node.value for node in nodes if isinstance(node, ast.Constant)}
    names = {name for name in MODULES.keys() & constants if "." in name}
    for text in constants:
        if isinstance(text, str):
            names |= {".".join(match) for match in IMPORT.findall(text)}
    return {find(name.removeprefix(".")) for name in names} - {None}


def owners(build):
    """Returns the target that has a file, for every file. A program may run a file of
    a library: then it is the library's."""
    owner = {}
    for target in targets(build):
        for file in target.srcs:
            owner.setdefault(file, target)
    return owner


def problems(build):
    """Yields a sentence for all in which BUILD differs from the sources."""
    owner = owners(build)
    for file in FILES.keys() - owner.keys():
        yield f"{file} is in no target"
    for file in owner.keys() - FILES.keys():
        yield f"{file} is no file"
    above = set()
    for target in targets(build):
        yield from problems_of_files(target, owner)
        yield from problems_of_deps(target, owner, above)
        above.add(target.label)
    binaries = {t.main for t in targets(build) if t.rule in BINARIES}
    for program in PROGRAMS - binaries:
        yield f"{program} is in no binary"


def problems_of_files(target, owner):
    for file in target.srcs:
        runs = target.rule in BINARIES and owner[file].label in target.deps
        if owner[file] != target and not runs:
            yield f"{file} is in two targets"
        is_test = pathlib.PurePath(file).name.startswith("test_")
        if is_test and target.rule != "pytest_tests":
            yield f"{file} is in no pytest_tests"


def problems_of_deps(target, owner, above):
    name, deps = target.label, set(target.deps)
    for dep in deps - above:
        yield f"{dep} does not stand above {name}"
    if not target.srcs:
        return
    own = [file for file in target.srcs if owner[file] == target and file in FILES]
    needed = {owner[file].label for file in target.srcs}
    needed |= {owner[i].label for file in own for i in imported(file) if i in owner}
    used = {owner[r].label for file in own for r in run(file) if r in owner}
    for dep in needed - deps - {name}:
        yield f"{name} imports {dep}"
    for dep in deps - needed:
        yield f"{name} does not import {dep}"
    for dep in used - deps - {name, *target.data}:
        yield f"{name} runs {dep}"


def test_build_differs_from_the_sources_in_nothing():
    assert not list(problems(BUILD))


def test_the_package_is_made_of_the_stages_that_it_offers():
    (package,) = (t for t in targets(BUILD) if t.label == ":keras_drnet")
    offered = {f"keras_drnet.{module}" for module in keras_drnet._MODULES.values()}
    stages = {owners(BUILD)[MODULES[module]].label for module in offered}
    assert stages == set(package.deps)


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("processes", '":errors"', "", ":processes imports :errors"),
        ("losses", '":errors"', '":errors", ":data"', ":losses does not import :data"),
        ("losses", ":errors", ":training", ":training does not stand above :losses"),
        ("errors", "/errors.py", "/error.py", "keras_drnet/errors.py is in no target"),
        ("errors", "/errors.py", "/error.py", "keras_drnet/error.py is no file"),
        (
            "errors",
            "errors.py",
            "config/schema.py",
            "keras_drnet/config/schema.py is in two targets",
        ),
        ("train", "py_binary", "py_library", "keras_drnet/train.py is in no binary"),
        (
            "data_tests",
            "pytest_tests",
            "py_library",
            "tests/data/test_kth.py is in no pytest_tests",
        ),
        ("programs_tests", ":release", ":report", ":programs_tests runs :release"),
        ("storage_tests", '":cli"', "", ":storage_tests runs :cli"),
    ],
)
def test_a_defect_is_reported(name, old, new, problem):
    (target,) = re.findall(rf'^\w+\(\n    name = "{name}",.*?^\)$', BUILD, re.M | re.S)
    assert old in target
    assert problem in problems(BUILD.replace(target, target.replace(old, new)))
