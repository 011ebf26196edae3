"""The wheel: what is in it, and a user's day with it, in a folder of their own."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

from keras_drnet.__main__ import PROGRAMS
from tests.support.paths import ROOT

pytestmark = [
    pytest.mark.xdist_group("wheel"),  # Built once.
    pytest.mark.skipif(
        not (ROOT / ".git").exists(), reason="compares with the files that git knows"
    ),
]

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


def tracked(*paths):
    """Returns the names of the files that git knows."""
    command = ["git", "ls-files", *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """A source distribution, and the wheel made of it."""
    sources, output = (tmp_path_factory.mktemp(name) for name in ("sources", "dist"))
    for name in tracked():  # A copy, as building leaves files beside the sources.
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, sources / name)
    command = [sys.executable, "-m", "build", "--outdir", output, sources]
    subprocess.run(command, cwd=output, check=True, capture_output=True)
    return output


@pytest.fixture(scope="module")
def wheel(distributions):
    (path,) = distributions.glob("*.whl")
    return path


def test_the_wheel_has_every_module_and_data_file_once(wheel):
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        f"keras_drnet/{name}" if name.startswith("export/") else name
        for name in tracked("keras_drnet", "export")
    }
    assert found == wanted


def test_the_source_distribution_has_every_file(distributions):
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked() <= found


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
