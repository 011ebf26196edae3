"""The wheel: what is in it, and a user's day with it, in a folder of their own."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from keras_drnet.__main__ import PROGRAMS
from tests.support.paths import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="compares with the files that git knows"
)

SOURCES = (
    "keras_drnet",
    "export",
    "pyproject.toml",
    "setup.py",
    "README.md",
    "LICENSE",
)
EXPORT = """\
export --run_dir=pretrained:moving_mnist --output_dir=bundle --formats=tflite \
--quantize=none
on-device --model=bundle/drnet.tflite --frames=bundle/examples/1 --output=a.gif
"""
A_DAY = f"""\
--help
show
train --preset=tiny --run_dir=run
show --run_dir=run
evaluate --run_dir=run --num_clips=8
predict --run_dir=run --num_future=3
{EXPORT}"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from a copy of the sources: building leaves files beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    ignore = shutil.ignore_patterns("__pycache__")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "."]
    subprocess.run(command, cwd=folder, check=True)
    (path,) = folder.glob("*.whl")
    return path


def test_it_has_every_module_and_data_file_once(wheel):
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    listed = ["git", "ls-files", "keras_drnet", "export"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = {
        f"keras_drnet/{name}" if name.startswith("export/") else name
        for name in done.stdout.splitlines()
        if not name.endswith(".md")
    }
    assert found == wanted


def run_all(lines, drnet, folder, environment):
    for line in lines:
        done = subprocess.run(
            [*drnet, *line.split()],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"drnet {line}\n{done.stdout}\n{done.stderr}"
    assert (folder / "a.gif").stat().st_size > 1000


def test_its_files_export_a_run(wheel, tmp_path):
    """In this environment, which has the dependencies."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    python = [sys.executable, "-P"]  # Without the current folder.
    where = [*python, "-c", "import keras_drnet.export as e; print(e.__file__)"]
    found = subprocess.check_output(where, env=environment, cwd=tmp_path, text=True)
    assert found.startswith(str(tmp_path))
    drnet = [*python, "-m", "keras_drnet"]
    run_all(EXPORT.splitlines(), drnet, tmp_path, environment)


@pytest.mark.slow
def test_a_day_in_an_empty_environment(wheel, tmp_path):
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    package = f"{wheel}[digits,plots,video]"
    pip = [venv / "bin" / "pip", "install", "--quiet", package]
    subprocess.run(pip, cwd=tmp_path, check=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    lines = [*A_DAY.splitlines(), *(f"{name} --help" for name in PROGRAMS)]
    run_all(lines, [str(venv / "bin" / "drnet")], tmp_path, environment)
    assert list(tmp_path.glob("run/generated/*.mp4"))
    assert (tmp_path / "run" / "evaluation" / "metrics.json").is_file()
