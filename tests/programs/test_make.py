"""`make`: the Python that it needs, and the quick start."""

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
