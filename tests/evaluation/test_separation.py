"""Separation of content and pose, with known answers."""

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.evaluation.separation import evaluate_separation, true_swaps
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models.networks import build_networks
from tests.support.plain_source import PlainSource


@pytest.fixture
def clips(tiny):
    return clip_frames(load_source(tiny, "test"), 0, 5)


def test_separation_is_computed_from_reconstructed_frames(tiny, clips):
    networks = build_networks(tiny)
    for network in (networks.content_encoder, networks.decoder):
        for variable in network.trainable_variables:
            if variable.name == "kernel":  # As large as trained ones.
                variable.assign(10 * variable)
    predictor = VideoPredictor(networks)
    results = evaluate_separation(predictor, clips, 3)
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
    assert evaluate_separation(predictor, clips, 3)["scene_accuracy"] == 0.5


def test_swaps_are_compared_with_the_true_frames(tiny, clips):
    source = load_source(tiny, "test")
    swaps = true_swaps(source, clips, 3)
    oracle = VideoPredictor(build_networks(tiny))
    oracle.reconstruct = lambda content, pose: swaps
    assert evaluate_separation(oracle, clips, 3, swaps)["swap_mse"] == 0
    assert true_swaps(PlainSource(), clips, 3) is None
    ids = source.digit_ids(tf.range(5, dtype=tf.int64)).numpy()
    assert not np.any(np.all(ids == np.roll(ids, 1, axis=0), axis=1))
    # The positions are those of the pose clip: its digits and the others overlap.
    assert np.mean(swaps * clips[:, 3]) > 3 * np.mean(swaps) * np.mean(clips[:, 3])
