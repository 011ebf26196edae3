"""The arithmetic that `auto` picks for each machine."""

import keras
import pytest

from keras_drnet.config import precision
from keras_drnet.errors import InputError


@pytest.mark.parametrize(
    ("devices", "has_bfloat16", "expected"),
    [
        (["cpu:0", "gpu:0"], True, "mixed_float16"),
        (["cpu:0"], True, "mixed_bfloat16"),
        (["cpu:0"], False, "float32"),
    ],
)
def test_auto_follows_the_machine(monkeypatch, devices, has_bfloat16, expected):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: devices)
    monkeypatch.setattr(precision, "_cpu_has_bfloat16", lambda: has_bfloat16)
    assert precision.resolve_precision("auto") == expected


@pytest.mark.parametrize("policy", precision.POLICIES)
def test_a_policy_is_taken_as_it_is(policy):
    assert precision.resolve_precision(policy) == policy


def test_unknown_precision_is_named():
    with pytest.raises(InputError, match="'half'; expected 'auto' or one of"):
        precision.resolve_precision("half")
