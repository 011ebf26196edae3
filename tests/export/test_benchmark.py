"""`export.benchmark` on a bundle."""

import subprocess
import sys

import pytest

from export.formats.schemes import SCHEMES
from tests.support.command_lines import try_command_lines
from tests.support.paths import ROOT

pytestmark = pytest.mark.xdist_group("bundle")


def test_every_model_is_timed(bundle):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "export.benchmark", f"--bundle={bundle}"),
            *("--threads=1", "--rounds=1", "--long=200"),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    for name in (*(s.file for s in SCHEMES.values()), "plain", "saved_model", "onnx"):
        assert f"\n{name}" in done.stdout, name
    assert "one roll-out of 200 frames" in done.stdout


def test_a_folder_that_is_not_a_bundle_is_refused(tmp_path):
    ((code, error),) = try_command_lines("export.benchmark", [[f"--bundle={tmp_path}"]])
    assert code == 2 and "is no bundle to time" in error
