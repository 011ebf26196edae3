"""Separation of content and pose, measured on reconstructed and swapped frames."""

import numpy as np
import tensorflow as tf

from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import SamePair
from keras_drnet.metrics import image_quality


def true_swaps(source, clips, num_past):
    """Return the true frames that swapping content should give.

    Args:
        source: a `ClipSource`.
        clips: `[B, T, H, W, C]`, the first clips of the source.
        num_past: number of the pose frame.

    Returns:
        `[B, H, W, C]`, the content of the previous clip in the pose of each clip, or
        `None` if the source cannot draw them.
    """
    indices = tf.range(len(clips), dtype=tf.int64)
    times = tf.fill((len(clips), 1), num_past)
    frames = source.swapped_frames(tf.roll(indices, 1, axis=0), indices, times)
    return None if frames is None else frames[:, 0].numpy()


def evaluate_separation(predictor, clips, num_past, swaps=None):
    """Measure how well content and pose are separated.

    Args:
        predictor: a `VideoPredictor`.
        clips: `[B, T, H, W, C]`, B at least 2.
        num_past: number of the pose frame; the content frame is the first.
        swaps: what `true_swaps` returned.

    Returns:
        A dict with

        - `reconstruction_mse`: error of a frame decoded from its pose and the content
          of its clip; `reconstruction_psnr`, the mean PSNR of these frames.
        - `swap_mse`: error of a frame decoded with the content of the previous clip;
          `None` if the true frame is unknown. Its excess over `reconstruction_mse` is
          due to content in the pose.
        - `swap_change_mse`: distance of that frame to the reconstruction.
        - `blank_mse`: error of a black frame, for comparison.
        - `scene_accuracy`: accuracy of the scene discriminator; chance is 0.5.
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
