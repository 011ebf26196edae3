"""What is measured, on predictors whose answers are known."""

import types

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data import load_source
from keras_drnet.data.sampling import clip_frames
from keras_drnet.evaluation import (
    evaluate_prediction,
    evaluate_split,
    summary,
    true_swaps,
)
from keras_drnet.generate import VideoPredictor
from keras_drnet.metrics import MAX_PSNR
from keras_drnet.models import build_networks


@pytest.fixture
def clips(tiny):
    return clip_frames(load_source(tiny, "test"), 0, 5)


def test_a_perfect_predictor_is_perfect_and_baselines_are_what_they_say(clips):
    oracle = types.SimpleNamespace(predict=lambda past, n: clips[:, 3 : 3 + n])
    clips[0] = clips[0, :1]  # A clip that stands still: copying it is perfect.
    results = evaluate_prediction(oracle, clips, 3, np.zeros((32, 32, 3)))
    assert results["drnet"]["psnr"] == [MAX_PSNR] * 5
    np.testing.assert_allclose(results["drnet"]["ssim"], 1, rtol=1e-5)
    black = -10 * np.log10(np.mean(clips[:, 3:] ** 2, axis=(2, 3, 4)))
    np.testing.assert_allclose(
        results["mean_frame"]["psnr"], black.mean(axis=0), rtol=1e-5
    )
    copied = results["copy_last_frame"]["psnr"]
    assert all(MAX_PSNR / 5 < value < MAX_PSNR for value in copied)


def test_split_is_measured_against_known_frames(tiny, clips):
    networks = build_networks(tiny)
    for network in (networks.content_encoder, networks.decoder):
        for variable in network.trainable_variables:
            if variable.name == "kernel":  # As large as trained ones.
                variable.assign(10 * variable)
    predictor = VideoPredictor(networks)
    results = evaluate_split(predictor, clips, 3)
    frames = predictor.reconstruct(clips[:, 0], clips[:, 3])
    expected = np.mean((frames - clips[:, 3]) ** 2)
    np.testing.assert_allclose(results["reconstruction_mse"], expected, rtol=1e-5)
    np.testing.assert_allclose(
        results["reconstruction_psnr"],
        np.mean(-10 * np.log10(np.mean((frames - clips[:, 3]) ** 2, axis=(1, 2, 3)))),
        rtol=1e-5,
    )
    np.testing.assert_allclose(results["blank_mse"], np.mean(clips[:, 3] ** 2))
    assert results["swap_change_mse"] > 0
    assert results["swap_mse"] is None
    for variable in networks.scene_discriminator.variables:
        variable.assign(tf.zeros_like(variable))
    assert evaluate_split(predictor, clips, 3)["scene_accuracy"] == 0.5


def test_swaps_are_measured_against_what_they_ought_to_be(tiny, clips):
    source = load_source(tiny, "test")
    swaps = true_swaps(source, clips, 3)
    oracle = VideoPredictor(build_networks(tiny))
    oracle.reconstruct = lambda content, pose: swaps
    assert evaluate_split(oracle, clips, 3, swaps)["swap_mse"] == 0
    assert true_swaps(object(), clips, 3) is None
    ids = source.digit_ids(tf.range(5, dtype=tf.int64)).numpy()
    assert not np.any(np.all(ids == np.roll(ids, 1, axis=0), axis=1))
    # The places are those of the pose clip: its ink and the other's overlap.
    assert np.mean(swaps * clips[:, 3]) > 3 * np.mean(swaps) * np.mean(clips[:, 3])


def test_summary_names_every_method_and_step():
    values = {"psnr": list(np.arange(20.0, 40.0)), "ssim": [0.5] * 20}
    text = summary(
        {
            "prediction": {"drnet": values, "copy_last_frame": values},
            "reconstruction_mse": 0.004,
            "reconstruction_psnr": 24.25,
            "swap_mse": None,
            "blank_mse": 0.013,
            "scene_accuracy": 0.6,
        }
    )
    assert all(word in text for word in ("drnet", "copy_last_frame", "+20", "39.00"))
    assert "+50" not in text and "24.25 dB" in text
