"""Quality of predictions, of predictors with known answers."""

import numpy as np
import pytest

from keras_drnet.data.clips import ClipEntry
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.data.pipeline.windows import ClipsInMemory, MemoryClips
from keras_drnet.evaluation.prediction import (
    clip_list,
    evaluate_prediction,
    recordings,
)
from keras_drnet.inference.baselines import CopyLastFrame, MeanFrame
from keras_drnet.inference.predictor import Predictor
from keras_drnet.metrics.image_quality import MAX_PSNR


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


def test_a_perfect_prediction_has_the_best_scores(clips):
    results = evaluate_prediction(Fixed(clips[:, 3:]), clips, 3)
    assert results["psnr"] == [MAX_PSNR] * 5
    np.testing.assert_allclose(results["ssim"], 1, rtol=1e-5)
    np.testing.assert_allclose(results["sharpness"], 1)
    assert results["psnr_interval"] == [(MAX_PSNR, MAX_PSNR)] * 5


def test_baselines_repeat_the_last_or_the_mean_frame(clips):
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


def test_clips_are_identified_by_their_frames(tiny, clips):
    listed = clip_list("test", clips, 3, tiny.seed)
    again = clip_frames(load_source(tiny, "test"), 0, 5)
    assert clip_list("test", again, 3, tiny.seed) == listed
    assert recordings(load_source(tiny, "test"), 5) is None
    again[4, 7, 0, 0, 0] += 0.5
    assert clip_list("test", again, 3, tiny.seed)["sha256"] != listed["sha256"]


def test_windows_of_one_recording_are_not_independent(clips):
    recorded = MemoryClips(
        [ClipEntry(name, {}, 12, periodic=False) for name in "ab"],
        np.array([0, 12]),
        None,
    )
    source = ClipsInMemory(recorded, split="test", clip_length=5, seed=0)
    groups = recordings(source, 5)
    np.testing.assert_array_equal(np.sort(groups)[[0, 4]], [0, 1])
    assert clip_list("test", clips, 3, 0, groups)["recordings"] == 2
    copy = CopyLastFrame(clips.shape[2:])
    results = [
        evaluate_prediction(copy, clips, 3, g) for g in (None, groups, 0 * groups)
    ]
    np.testing.assert_array_equal(results[0]["psnr"], results[1]["psnr"])
    assert np.all(np.not_equal(*(r["psnr_interval"] for r in results[:2])))
    assert "psnr_interval" not in results[2]  # Of one recording nothing is known.
