"""`export.benchmark` on a bundle."""

import pytest

from export.formats.schemes import SCHEMES
from tests.support.processes import run_module

pytestmark = pytest.mark.xdist_group("bundle")


def test_every_model_is_timed(bundle):
    flags = [f"--bundle={bundle}", "--threads=1", "--rounds=1", "--long=200"]
    done = run_module("export.benchmark", *flags)
    assert done.returncode == 0, done.stderr
    for name in (*(s.file for s in SCHEMES.values()), "plain", "saved_model", "onnx"):
        assert f"\n{name}" in done.stdout, name
    assert "one roll-out of 200 frames" in done.stdout


@pytest.mark.parametrize(
    "text", ["[" * 10**5, "{}", "[]", '{"config": {"drnet": 3}}', '{"config": null}']
)
def test_a_damaged_manifest_is_refused(bundle, tmp_path, text):
    (tmp_path / "drnet.tflite").write_bytes((bundle / "drnet.tflite").read_bytes())
    (tmp_path / "manifest.json").write_text(text)
    done = run_module("export.benchmark", f"--bundle={tmp_path}")
    assert done.returncode == 2, done.stderr
    assert "manifest.json is not what was written" in done.stderr


def test_a_folder_that_is_not_a_bundle_is_refused(tmp_path):
    done = run_module("export.benchmark", f"--bundle={tmp_path}")
    assert done.returncode == 2 and "is no bundle to time" in done.stderr
