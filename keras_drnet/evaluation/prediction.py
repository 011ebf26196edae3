"""Quality of predicted frames on held-out clips."""

import collections
import hashlib

import numpy as np

from keras_drnet.data.images import to_uint8
from keras_drnet.metrics import image_quality


def recordings(source, count):
    """Return the recording that each of the first clips of a source is a window of.

    Args:
        source: a `ClipSource`.
        count: number of clips, B.

    Returns:
        int64 `[B]`, or `None` if every clip is drawn anew.
    """
    return source.recording_ids(np.arange(count))


def clip_list(split, clips, num_past, seed, groups=None):
    """Describe the clips of an evaluation, so that another can use the same.

    Args:
        split: split that they are the first clips of.
        clips: `[B, T, H, W, C]` in [0, 1].
        num_past: number of observed frames.
        seed: seed of the source.
        groups: what `recordings` returned.

    Returns:
        A dict; `sha256` is of the frames, rounded to 8 bits, and `recordings` the
        number of recordings that the clips are windows of.
    """
    digest = hashlib.sha256()
    for clip in clips:
        digest.update(to_uint8(clip).tobytes())
    return {
        "split": split,
        "first": 0,
        "count": len(clips),
        "num_past": num_past,
        "num_future": clips.shape[1] - num_past,
        "seed": seed,
        "sha256": digest.hexdigest(),
    } | ({} if groups is None else {"recordings": len(np.unique(groups))})


def evaluate_prediction(predictor, clips, num_past, groups=None):
    """Compare predicted with real frames.

    Args:
        predictor: a `Predictor`.
        clips: `[B, T, H, W, C]`, B at least 2.
        num_past: number of observed frames; the rest is predicted.
        groups: what `recordings` returned.

    Returns:
        A dict of lists, with a value for every future step: `psnr` (decibels) and
        `ssim`, means over clips; `psnr_interval` and `ssim_interval`, their 95 %
        confidence intervals as `(low, high)`, unless all clips are of one recording;
        `sharpness`, see `image_quality`.
    """
    has_intervals = groups is None or len(np.unique(groups)) > 1
    past, future = clips[:, :num_past], np.moveaxis(clips[:, num_past:], 1, 0)
    results = collections.defaultdict(list)
    for real, predicted in zip(future, predictor.stream(past), strict=False):
        for name in ("psnr", "ssim"):
            values = getattr(image_quality, name)(real, predicted)
            results[name].append(float(values.mean()))
            if has_intervals:
                interval = image_quality.mean_interval(values, groups)
                results[f"{name}_interval"].append(interval)
        results["sharpness"].append(image_quality.sharpness(real, predicted))
    return dict(results)
