"""What is measured, on predictors whose answers are known."""

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data.clips import ClipEntry
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.data.pipeline.windows import ClipsInMemory, MemoryClips
from keras_drnet.evaluation.prediction import (
    clip_list,
    evaluate_prediction,
    evaluate_split,
    recordings,
    summary,
    true_swaps,
)
from keras_drnet.inference.baselines import CopyLastFrame, MeanFrame
from keras_drnet.inference.predictor import Predictor
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.metrics.image_quality import MAX_PSNR
from keras_drnet.models.networks import build_networks


@pytest.fixture
def clips(tiny):
    return clip_frames(load_source(tiny, "test"), 0, 5)


class Fixed(Predictor):
    """Predicts given frames `[B, T, H, W, C]`."""

    def __init__(self, frames):
        super().__init__(frames.shape[2:])
        self._frames = frames

    def _stream(self, past):
        yield from np.moveaxis(self._frames, 1, 0)


def test_a_perfect_predictor_is_perfect(clips):
    results = evaluate_prediction(Fixed(clips[:, 3:]), clips, 3)
    assert results["psnr"] == [MAX_PSNR] * 5
    np.testing.assert_allclose(results["ssim"], 1, rtol=1e-5)
    np.testing.assert_allclose(results["sharpness"], 1)
    assert results["psnr_interval"] == [(MAX_PSNR, MAX_PSNR)] * 5


def test_baselines_are_what_they_say(clips):
    clips[0] = clips[0, :1]  # A clip that stands still: copying it is perfect.
    future = clips[:, 3:]
    black = evaluate_prediction(MeanFrame(np.zeros((32, 32, 3))), clips, 3)
    psnr = -10 * np.log10(np.mean(future**2, axis=(2, 3, 4)))
    np.testing.assert_allclose(black["psnr"], psnr.mean(axis=0), rtol=1e-5)
    t = 2.776445  # Of Student's distribution of four degrees of freedom.
    error = t * psnr.std(axis=0, ddof=1) / np.sqrt(len(clips))
    np.testing.assert_allclose(
        np.array(black["psnr_interval"]),
        np.stack([psnr.mean(axis=0) - error, psnr.mean(axis=0) + error], axis=1),
        rtol=1e-5,
    )
    assert black["sharpness"] == [0.0] * 5
    copy = CopyLastFrame((32, 32, 3))
    assert all(
        MAX_PSNR / 5 < value < MAX_PSNR
        for value in evaluate_prediction(copy, clips, 3)["psnr"]
    )
    np.testing.assert_array_equal(copy.predict(clips[:1, :3], 5), future[:1])


def test_clips_are_known_again_by_their_frames(tiny, clips):
    listed = clip_list("test", clips, 3, tiny.seed)
    again = clip_frames(load_source(tiny, "test"), 0, 5)
    assert clip_list("test", again, 3, tiny.seed) == listed
    assert recordings(load_source(tiny, "test"), 5) is None
    again[4, 7, 0, 0, 0] += 0.5
    assert clip_list("test", again, 3, tiny.seed)["sha256"] != listed["sha256"]


@pytest.fixture
def recorded():
    entries = [ClipEntry(name, {}, 12, periodic=False) for name in "ab"]
    clips = MemoryClips(entries, np.array([0, 12]), None)
    return ClipsInMemory(clips, split="test", clip_length=5, seed=0)


def test_windows_of_a_recording_are_not_counted_as_clips_of_their_own(recorded, clips):
    groups = recordings(recorded, 5)
    np.testing.assert_array_equal(np.sort(groups)[[0, 4]], [0, 1])
    assert clip_list("test", clips, 3, 0, groups)["recordings"] == 2
    copy = CopyLastFrame(clips.shape[2:])
    results = [
        evaluate_prediction(copy, clips, 3, g) for g in (None, groups, 0 * groups)
    ]
    np.testing.assert_array_equal(results[0]["psnr"], results[1]["psnr"])
    assert np.all(np.not_equal(*(r["psnr_interval"] for r in results[:2])))
    assert "psnr_interval" not in results[2]  # Of one recording nothing is known.


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


def test_swaps_are_measured_against_what_they_ought_to_be(tiny, clips, recorded):
    source = load_source(tiny, "test")
    swaps = true_swaps(source, clips, 3)
    oracle = VideoPredictor(build_networks(tiny))
    oracle.reconstruct = lambda content, pose: swaps
    assert evaluate_split(oracle, clips, 3, swaps)["swap_mse"] == 0
    assert true_swaps(recorded, clips, 3) is None
    ids = source.digit_ids(tf.range(5, dtype=tf.int64)).numpy()
    assert not np.any(np.all(ids == np.roll(ids, 1, axis=0), axis=1))
    # The places are those of the pose clip: its ink and the other's overlap.
    assert np.mean(swaps * clips[:, 3]) > 3 * np.mean(swaps) * np.mean(clips[:, 3])


def test_summary_names_every_method_and_step():
    values = {
        "psnr": list(np.arange(20.0, 40.0)),
        "ssim": [0.5] * 20,
        "sharpness": [0.25] * 20,
    }
    results = {
        "clips": {"num_future": 20},
        "prediction": {"mcnet": values, "copy_last_frame": values},
    }
    text = summary(results)
    assert all(word in text for word in ("mcnet", "copy_last_frame", "+20", "39.00"))
    assert "0.500" in text and "0.25" in text
    assert "+50" not in text and "discriminator" not in text
    split = {
        "reconstruction_mse": 0.004,
        "reconstruction_psnr": 24.25,
        "swap_mse": None,
        "blank_mse": 0.013,
        "scene_accuracy": 0.6,
    }
    assert "24.25 dB" in summary(results | split)
