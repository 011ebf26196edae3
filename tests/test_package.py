"""The package: its public names, and what importing it loads."""

import subprocess
import sys

import keras_drnet
from tests.support.paths import ROOT


def test_importing_the_package_loads_no_framework():
    code = (
        "import sys, keras_drnet;assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_public_names_are_listed_and_importable():
    assert {"DrNet", "RunFolder", "load"} <= set(keras_drnet.__all__)
    assert set(keras_drnet.__all__) <= set(dir(keras_drnet))
    for name in keras_drnet.__all__:
        assert getattr(keras_drnet, name) is not None
