"""Conversions in processes of their own, and how they fail."""

import pytest

from export.formats import subprocesses
from keras_drnet.errors import ExportError


def write_module(folder, monkeypatch, text):
    (folder / "doomed.py").write_text(text)
    monkeypatch.syspath_prepend(folder)


def test_an_abort_is_named(tmp_path, monkeypatch):
    write_module(
        tmp_path, monkeypatch, "import os\nprint('LLVM', flush=True)\nos.abort()"
    )
    log = tmp_path / "log"
    with pytest.raises(
        ExportError, match=rf"doomed was ended by SIGABRT: LLVM .*{log}"
    ):
        subprocesses.run("doomed", log=log)


def test_arguments_are_passed_and_output_is_logged(tmp_path, monkeypatch):
    write_module(tmp_path, monkeypatch, "import sys\nprint(sys.argv[1:])")
    subprocesses.run("doomed", tmp_path, 3, log=tmp_path / "log")
    assert (tmp_path / "log").read_text() == f"{[str(tmp_path), '3']}\n"


def test_a_failure_without_output_is_named(tmp_path, monkeypatch):
    write_module(tmp_path, monkeypatch, "raise SystemExit(7)")
    with pytest.raises(ExportError, match="exit code 7: it printed nothing"):
        subprocesses.run("doomed", log=tmp_path / "log")
