"""Measurements of trained networks on held-out clips."""

import collections
import hashlib

import numpy as np
import tensorflow as tf

from keras_drnet.data.images import to_uint8
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import SamePair
from keras_drnet.metrics import image_quality

SUMMARY_STEPS = (1, 5, 10, 15, 20, 50, 100)


def recordings(source, count):
    """Return which recording each of the first windows of a source is of.

    Args:
        source: a `ClipSource`.
        count: number of windows, B.

    Returns:
        int64 `[B]`, or `None` where every clip is drawn anew.
    """
    return source.recording_ids(np.arange(count))


def clip_list(split, clips, num_past, seed, groups=None):
    """Describe the clips that were measured, so that others can be on the same.

    Args:
        split: split they are the first clips of.
        clips: `[B, T, H, W, C]` in [0, 1].
        num_past: observed frames.
        seed: seed of the source.
        groups: what `recordings` returned.

    Returns:
        A dict; `sha256` is of the frames, rounded to 8 bits, `recordings` the number
        of recordings that clips were cut from.
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
    """Compare predictions with the frames that came.

    Args:
        predictor: a `Predictor`.
        clips: `[B, T, H, W, C]`, B at least 2.
        num_past: observed frames; the rest is predicted.
        groups: what `recordings` returned.

    Returns:
        A dict of lists, a value for every future step: `psnr` (decibels) and `ssim`,
        means over clips; `psnr_interval` and `ssim_interval`, their 95 % intervals as
        `(low, high)`, unless all clips are of one recording; `sharpness`, see
        `metrics`.
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


def true_swaps(source, clips, num_past):
    """Return what swapping content ought to give, where the source can draw it.

    Args:
        source: a `ClipSource`.
        clips: `[B, T, H, W, C]`, the first clips of the source.
        num_past: number of the pose frame.

    Returns:
        `[B, H, W, C]`, the content of the clip before in the pose of each clip, or
        `None`.
    """
    indices = tf.range(len(clips), dtype=tf.int64)
    times = tf.fill((len(clips), 1), num_past)
    frames = source.swapped_frames(tf.roll(indices, 1, axis=0), indices, times)
    return None if frames is None else frames[:, 0].numpy()


def evaluate_split(predictor, clips, num_past, swaps=None):
    """Measure how well content and pose are told apart.

    Args:
        predictor: a `VideoPredictor`.
        clips: `[B, T, H, W, C]`, B at least 2.
        num_past: the pose frame is this one, the content frame the first.
        swaps: `[B, H, W, C]`, what `true_swaps` returned.

    Returns:
        A dict with

        - `reconstruction_mse`: of a frame from its pose and its clip's content;
          `reconstruction_psnr`, the mean of the frames' own.
        - `swap_mse`: of a frame decoded with the content of the clip before, to what
          it ought to be; `None` where that is not known. What it is above
          `reconstruction_mse` came by way of the pose.
        - `swap_change_mse`: distance of that frame to the reconstruction.
        - `blank_mse`: of an empty frame, for comparison.
        - `scene_accuracy`: of the scene discriminator; 0.5 is chance.
    """
    content, pose = clips[:, 0], clips[:, num_past]
    reconstructed = predictor.reconstruct(content, pose)
    swapped = predictor.reconstruct(np.roll(content, 1, axis=0), pose)
    nets = predictor.networks
    poses = nets.pose_encoder(pose, training=False)
    others = nets.pose_encoder(clips[:, 0], training=False)
    scene_loss = AdversarialLoss(nets.scene_discriminator, SamePair())
    return {
        "reconstruction_mse": float(np.mean((pose - reconstructed) ** 2)),
        "reconstruction_psnr": float(image_quality.psnr(pose, reconstructed).mean()),
        "swap_mse": None if swaps is None else float(np.mean((swaps - swapped) ** 2)),
        "swap_change_mse": float(np.mean((reconstructed - swapped) ** 2)),
        "blank_mse": float(np.mean(pose**2)),
        "scene_accuracy": float(scene_loss.accuracy((poses, others))),
    }


def summary(results):
    """Return the results as a short table."""
    prediction = results["prediction"]
    num_future = results["clips"]["num_future"]
    steps = [s for s in SUMMARY_STEPS if s <= num_future]
    heads = [*(f"+{step}" for step in steps), f"+1..{num_future}"]
    lines = []
    for name, title, digits in (
        ("psnr", "PSNR (dB) at step", 2),
        ("ssim", "SSIM", 3),
        ("sharpness", "sharpness (real: 1)", 2),
    ):
        lines.append(f"{title:<20}" + "".join(f"{head:>8}" for head in heads))
        for method, all_values in prediction.items():
            values = all_values[name]
            cells = [*(values[step - 1] for step in steps), sum(values) / num_future]
            lines.append(
                f"{method:<20}" + "".join(f"{cell:>8.{digits}f}" for cell in cells)
            )
    if "scene_accuracy" in results:
        lines += _split_summary(results)
    return "\n".join(lines)


def _split_summary(results):
    errors = ", ".join(
        f"{name} {results[f'{name}_mse']:.5f}"
        for name in ("reconstruction", "swap", "blank")
        if results[f"{name}_mse"] is not None
    )
    return [
        f"mean squared error: {errors}; reconstruction "
        f"{results['reconstruction_psnr']:.2f} dB",
        f"scene discriminator: {results['scene_accuracy']:.2f} right (chance 0.50)",
    ]
