"""Measurements of trained networks on held-out clips."""

import numpy as np
import tensorflow as tf

from keras_drnet import losses, metrics

SUMMARY_STEPS = (1, 5, 10, 15, 20, 50, 100)


def evaluate_prediction(predictor, clips, num_past, mean_frame):
    """Compares predictions with the frames that came, and with two baselines.

    Args:
        predictor: a `VideoPredictor`.
        clips: `[B, T, H, W, C]`.
        num_past: observed frames; the rest is predicted.
        mean_frame: `[H, W, C]`, mean of the training frames.

    Returns:
        A dict of method, `drnet`, `copy_last_frame` or `mean_frame`, to a dict of
        `psnr` (decibels) and `ssim`, each a list with the mean over clips for every
        future step.
    """
    past, future = clips[:, :num_past], clips[:, num_past:]
    predictions = {
        "drnet": predictor.predict(past, future.shape[1]),
        "copy_last_frame": np.broadcast_to(past[:, -1:], future.shape),
        "mean_frame": np.broadcast_to(mean_frame, future.shape),
    }
    return {
        method: {
            "psnr": metrics.psnr(future, frames).mean(axis=0).tolist(),
            "ssim": metrics.ssim(future, frames).mean(axis=0).tolist(),
        }
        for method, frames in predictions.items()
    }


def true_swaps(source, clips, num_past):
    """Returns what swapping content ought to give, where the source can draw it.

    Args:
        source: source of clips; `swapped_frames` is a method of those that can.
        clips: `[B, T, H, W, C]`, the first clips of the source.
        num_past: number of the pose frame.

    Returns:
        `[B, H, W, C]`, the content of the clip before in the pose of each clip, or
        `None`.
    """
    if not hasattr(source, "swapped_frames"):
        return None
    indices = tf.range(len(clips), dtype=tf.int64)
    times = tf.fill((len(clips), 1), num_past)
    frames = source.swapped_frames(tf.roll(indices, 1, axis=0), indices, times)
    return frames[:, 0].numpy()


def evaluate_split(predictor, clips, num_past, swaps=None):
    """Measures how well content and pose are told apart.

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
    accuracy = losses.scene_accuracy(
        nets.scene_discriminator((poses, others)),
        nets.scene_discriminator((poses, tf.roll(others, 1, axis=0))),
    )
    return {
        "reconstruction_mse": float(np.mean((pose - reconstructed) ** 2)),
        "reconstruction_psnr": float(metrics.psnr(pose, reconstructed).mean()),
        "swap_mse": None if swaps is None else float(np.mean((swaps - swapped) ** 2)),
        "swap_change_mse": float(np.mean((reconstructed - swapped) ** 2)),
        "blank_mse": float(np.mean(pose**2)),
        "scene_accuracy": float(accuracy),
    }


def summary(results):
    """Returns the results as a short table."""
    prediction = results["prediction"]
    num_future = len(prediction["drnet"]["psnr"])
    steps = [s for s in SUMMARY_STEPS if s <= num_future]
    heads = [*(f"+{step}" for step in steps), f"+1..{num_future}"]
    lines = [f"{'PSNR (dB) at step':<20}" + "".join(f"{head:>8}" for head in heads)]
    for method, values in prediction.items():
        psnr = values["psnr"]
        cells = [*(psnr[step - 1] for step in steps), sum(psnr) / num_future]
        lines.append(f"{method:<20}" + "".join(f"{cell:>8.2f}" for cell in cells))
    errors = ", ".join(
        f"{name} {results[f'{name}_mse']:.5f}"
        for name in ("reconstruction", "swap", "blank")
        if results[f"{name}_mse"] is not None
    )
    lines.append(
        f"mean squared error: {errors}; reconstruction "
        f"{results['reconstruction_psnr']:.2f} dB"
    )
    lines.append(
        f"scene discriminator: {results['scene_accuracy']:.2f} right (chance 0.50)"
    )
    return "\n".join(lines)
