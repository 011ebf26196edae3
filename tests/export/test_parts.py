"""Bundles of networks of parts: what a frame costs, and what float16 gives."""

import pytest

from export.bundle import Options, export_run
from export.formats.flatbuffer import Model
from export.formats.schemes import SCHEMES
from export.signatures import Signatures
from keras_drnet.config.presets import PRESETS
from tests.support.networks import (
    CENTERED_PARTS,
    LAYERED,
    RICH_PARTS,
    lively_networks,
    save_run,
)

SIZE, SIDE, NUM_PARTS, CHANNELS, UNITS = 32, 16, 2, 3, 8


def export(config, tmp_path, *schemes):
    """Exports a run; returns its folder and the measurements by file."""
    run = save_run(tmp_path / "run", config, lively_networks(config))
    options = Options(formats=("tflite",), schemes=schemes)
    measured = export_run(run, tmp_path / "bundle", options)
    return tmp_path / "bundle", {m.name: m for m in measured}


def test_a_step_is_the_pose_lstm_and_two_small_products_for_each_part(tmp_path):
    config = PRESETS["tiny"]().with_overrides(CENTERED_PARTS)
    # tflite-runtime 2.14 would give NaN if float16 constants were left as they are.
    bundle, measured = export(config, tmp_path, "none", "float16")
    assert all(m.passed and m.free_psnr > 45 for m in measured.values())
    model = Model((bundle / "drnet.tflite").read_bytes())
    maps = CHANNELS + 1
    products = SIZE * SIDE * SIDE * maps + SIZE * maps * SIDE * SIZE
    gates = 4 * UNITS
    lstm = 2 * gates + UNITS * gates + 2 * UNITS * gates + UNITS * 2
    normalization = 3 * (2 * NUM_PARTS) ** 2
    expected = NUM_PARTS * (products + lstm) + normalization
    assert model.multiply_adds("step") == expected
    assert model.operators().isdisjoint({"CUSTOM", "WHILE"})
    signatures = Signatures.from_json((bundle / "signatures.json").read_text())
    assert signatures.positions == ((0, 1), (2, 3))


@pytest.mark.slow
def test_residuals_and_several_content_frames_agree_with_keras(tmp_path):
    config = PRESETS["tiny"]().with_overrides(RICH_PARTS)
    _, measured = export(config, tmp_path, *SCHEMES)
    assert all(m.passed for m in measured.values())


def test_layers_agree_with_keras_and_draw_the_background_once(tmp_path):
    config = PRESETS["tiny"]().with_overrides(LAYERED)
    bundle, measured = export(config, tmp_path, *SCHEMES)
    assert all(m.passed for m in measured.values())
    model = Model((bundle / "drnet.tflite").read_bytes())
    once = model.multiply_adds("encode_content")
    assert model.multiply_adds("step") < model.multiply_adds("decode") < once
