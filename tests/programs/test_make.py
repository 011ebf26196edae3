"""`make`: the Python and the Node that it needs, and the quick start."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.support.paths import ROOT


@pytest.mark.parametrize("version", ["missing", "(3, 10)", "(3, 14)"])
def test_make_reports_the_python_that_it_needs(tmp_path, version):
    for name in ("Makefile", "requirements.txt", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    if version != "missing":
        patch = f"import sys; sys.version_info = {version}"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{patch}\n$2"\n')
        python.chmod(0o755)
    result = subprocess.run(
        ["make", "lint", f"PYTHON={python}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "keras_drnet needs Python 3.11 to 3.13" in result.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("is_old", [False, True], ids=["missing", "old"])
def test_make_reports_the_node_that_it_needs(tmp_path, is_old):
    demo, tools = tmp_path / "web_demo", tmp_path / "tools"
    demo.mkdir()
    tools.mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "web_demo" / name, demo)
    if is_old:  # Answers as one whose version is refused.
        (tools / "node").write_text("#!/bin/sh\nexit 1\n")
        (tools / "node").chmod(0o755)
    for name in ("sh", "make", "find"):
        (tools / name).symlink_to(shutil.which(name))
    result = subprocess.run(
        ["make", "web_demo/node_modules/ready"],
        cwd=tmp_path,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "make web needs Node 20.19 or later and npm" in result.stderr


@pytest.mark.slow
def test_quickstart_beats_both_baselines(tmp_path):
    run_dir = tmp_path / "quickstart"
    environment = os.environ | {"RUN_DIR": str(run_dir)}
    subprocess.run(
        ["make", "quickstart", f"RUN_DIR={run_dir}"],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=3600,
    )
    metrics = json.loads((run_dir / "evaluation" / "metrics.json").read_text())
    at_10 = {name: m["psnr"][9] for name, m in metrics["prediction"].items()}
    ours = at_10.pop("drnet")
    assert ours >= max(at_10.values()) + 1.5
