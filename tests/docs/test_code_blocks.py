"""The Python of the documentation runs."""

import contextlib
import functools
import shutil

import imageio.v3 as iio
import keras
import numpy as np
import pytest

from keras_drnet.config.presets import PRESETS, digits, small
from keras_drnet.inference import load
from tests.docs.pages import PAGES, python_blocks
from tests.support.networks import PARTS
from tests.support.paths import ROOT

BUNDLE = ROOT / "tests" / "support" / "data" / "bundle"
STEPS = 2  # Of each `fit`.
SHOWN = 3  # Frames of an endless loop.

load_once = functools.cache(load.load)  # Traced once for all pages.


class _EnoughShown(Exception):
    pass


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What blocks may use without defining it, in a folder with a bundle."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(PRESETS, "quickstart", _tiny_parts)
    monkeypatch.setitem(PRESETS, "moving_mnist_small", _few_clips)
    monkeypatch.setattr(load, "load", load_once)
    monkeypatch.setattr(keras.Model, "fit", _fit_briefly(keras.Model.fit))
    shutil.copytree(BUNDLE, "bundle")
    images = sorted((BUNDLE / "examples" / "1").iterdir())
    frames = np.stack([iio.imread(path) for path in images]) / 255.0
    return {"frames": frames, "show": _show_a_few(frames.shape[1:])}


def _tiny_parts():
    return small.tiny().with_overrides(PARTS)


def _few_clips():
    return digits.moving_mnist_small().with_overrides(["pose.batch_size=16"])


def _fit_briefly(fit):
    def fit_briefly(self, data, epochs=1, steps_per_epoch=None, **kwargs):
        self.run_eagerly = True  # Tracing takes longer than a few steps.
        briefly = {"epochs": 1, "steps_per_epoch": STEPS, "verbose": 0}
        return fit(self, data, **kwargs | briefly)

    return fit_briefly


def _show_a_few(shape):
    shown = []

    def show(frame):
        assert frame.shape == shape
        shown.append(frame)
        if len(shown) == SHOWN:
            raise _EnoughShown

    return show


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if python_blocks(page)],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_python_blocks_of_a_page_run_one_after_the_other(page, names):
    for block in python_blocks(page):
        with contextlib.suppress(_EnoughShown):
            exec(compile(block, str(page), "exec"), names)
    future = names.get("future")
    assert future is None or np.all(np.isfinite(future))
