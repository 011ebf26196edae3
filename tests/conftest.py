"""Shared fixtures: a tiny configuration, and what costs time, made once."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest

from keras_drnet.config import PRESETS


def pytest_addoption(parser):
    parser.addoption("--run_slow", action="store_true", help="Run the long tests too.")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--run_slow"):
        return
    skip = pytest.mark.skip(reason="takes minutes; run with --run_slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


@pytest.fixture
def tiny():
    return PRESETS["tiny"]()


@pytest.fixture
def rng():
    return np.random.default_rng(0)
