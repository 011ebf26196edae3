"""Probes of content and pose with known factors."""

import numpy as np
import pytest

from keras_drnet.data.factors import Factor
from keras_drnet.evaluation.disentanglement import probe_codes


@pytest.fixture
def known(rng):
    """60 clips of three frames: an object in two clips, each of three views."""
    who = np.arange(60) % 6
    phase = rng.integers(0, 8, (60, 3))
    height = rng.normal(size=(60, 3))
    factors = {
        "who": Factor(who, "static", tuple("abcdef")),
        "clip": Factor(np.arange(60), "static", tuple(map(str, range(60)))),
        "same": Factor(np.zeros(60, int), "static", ("one",)),
        "phase": Factor(phase, "dynamic", tuple(map(str, range(8)))),
        "height": Factor(height, "dynamic"),
        "still": Factor(np.zeros((60, 3)), "dynamic"),
    }
    codes = {
        "content": np.repeat(np.eye(6)[who][:, None], 3, axis=1),
        "pose": np.concatenate([np.eye(8)[phase], height[..., None]], axis=-1),
    }
    return codes, factors


def test_content_and_pose_are_probed_for_every_factor(known):
    codes, factors = known
    of_classes, of_quantities = probe_codes(codes, factors, np.arange(60) >= 30)
    assert set(of_quantities) == {"height"}  # What never varies can't be asked for.
    assert of_quantities["height"]["pose"]["linear"] > 0.99
    assert of_quantities["height"]["content"]["linear"] < 0.2
    assert of_classes["who"]["content"] == {"linear": 1.0, "mlp": 1.0}
    assert of_classes["who"]["classes"] == 6 and of_classes["who"]["chance"] == 1 / 6
    assert of_classes["who"]["pose"]["linear"] < 0.4
    assert of_classes["phase"]["pose"]["linear"] == 1.0
    assert of_classes["phase"]["kind"] == "dynamic"
    # Each clip is in one half only, so it is asked for among the eighths of the turn.
    assert of_classes["clip"]["classes"] > 40
    assert "same" not in of_classes
    del factors["phase"]
    assert set(probe_codes(codes, factors, np.arange(60) >= 30)[0]) == {"who"}
