"""The losses of DrNet, as pure functions of tensors.

Denton & Birodkar, *Unsupervised Learning of Disentangled Representations from
Video*, NIPS 2017, section 3.1. The paper writes squared norms, a **sum** over the
elements of a code or frame. Here, as in the authors' code, every loss is a **mean**
over the elements and the batch. Weights translate: the balance of the paper's
`L_reconstruction + alpha * L_similarity` is kept with

    similarity_weight = alpha * content_dim / (H * W * C),

0.01 for alpha = 1, content_dim = 128 and 64x64 RGB frames. With the means and
similarity_weight = 1 the similarity outweighs a reconstruction error that cannot
exceed a few hundredths, and the content code collapses to a constant.

The adversarial loss is an `AdversarialLoss`: see `keras_drnet.losses.adversarial_loss`.
"""

import numpy as np
from keras import ops

from keras_drnet.checks.shapes import check_same_shape, check_shape
from keras_drnet.errors import InputError


def similarity_loss(content_1, content_2):
    """Return the mean squared distance of two content codes of one clip, L_sim.

    Args:
        content_1: `[B, Dc]`, content of one frame.
        content_2: `[B, Dc]`, content of another frame of the same clip. A target: no
            gradient goes through it.

    Raises:
        InputError: shapes differ.
    """
    check_same_shape(content_1=content_1, content_2=content_2)
    content_2 = ops.stop_gradient(content_2)
    return ops.mean(ops.square(content_1 - content_2))


def reconstruction_loss(frames, reconstructions):
    """Return the mean squared error of decoded frames, L_reconstruction.

    Args:
        frames: `[B, H, W, C]` in [0, 1].
        reconstructions: `[B, H, W, C]`, decoded from the content of another frame
            of the clip and the pose of this one.

    Raises:
        InputError: shapes differ.
    """
    check_same_shape(frames=frames, reconstructions=reconstructions)
    return ops.mean(ops.square(frames - reconstructions))


def steadiness_loss(before, pose, after, other, *, synchronized=False):
    """Second-order temporal smoothness of the pose, normalized by its motion.

    Not in the paper. The sum of `|before - 2 pose + after|`, 0 for a pose of constant
    velocity, over the sum of `|pose - other|`: a pose is not smoother by being small,
    or by encoding what is constant in a clip. Absolute values, so that sudden turns,
    which cannot be smooth, do not dominate as squares would.

    Source: the second differences of Jayaraman & Grauman, *Slow and Steady Feature
    Analysis: Higher Order Temporal Coherence in Video*, CVPR 2016; the quotient is
    our own.

    Args:
        before: `[B, Dp]`, pose of the frame before.
        pose: `[B, Dp]`, pose of a frame.
        after: `[B, Dp]`, pose of the frame after.
        other: `[B, Dp]`, pose of another frame of the same clip, at any distance.
        synchronized: whether both sums are over the batch of all replicas.

    Raises:
        InputError: shapes differ.
    """
    check_same_shape(before=before, pose=pose, after=after, other=other)
    unsteady = ops.abs(before - 2.0 * pose + after)
    moved = ops.abs(pose - other)
    unsteady, moved = (
        ops.mean(_batch_mean(changes, synchronized)) for changes in (unsteady, moved)
    )
    return unsteady / (moved + 1e-8)


def decorrelation_loss(positions, *, synchronized=False):
    """Return the mean squared correlation of the coordinates of different parts.

    Not in the paper. Objects of a clip move independently, so the correlation over many
    clips is near 0; where two parts follow one object, and so another is never drawn,
    that of equal coordinates is near 1, and the loss near 1/2.

    Source: the penalty on correlations of Cogswell et al., *Reducing Overfitting in
    Deep Networks by Decorrelating Representations*, ICLR 2016, on positions in place of
    activations, and with the correlation in place of the covariance.

    Args:
        positions: `[B, K, 2]`, positions of K parts, of at least two, in B frames.
        synchronized: whether the correlation is over the frames of all replicas.

    Raises:
        InputError: they have another shape, or there are fewer than two parts.
    """
    check_shape(positions, "positions", ("B", "K", 2))
    _, num_parts, _ = positions.shape
    if num_parts < 2:
        raise InputError(
            f"Positions are of {num_parts} part; expected at least 2, as the loss is "
            "of different parts."
        )
    centered = positions - _batch_mean(positions, synchronized)
    variance = _batch_mean(ops.square(centered), synchronized)
    scaled = centered / ops.sqrt(variance + 1e-8)
    flat = ops.reshape(scaled, (-1, 2 * num_parts))
    products = flat[:, :, None] * flat[:, None]
    correlations = _batch_mean(products, synchronized)
    of_different_parts = 1.0 - np.kron(np.eye(num_parts), np.ones((2, 2)))
    squares = of_different_parts.astype("float32") * ops.square(correlations)
    return ops.sum(squares) / of_different_parts.sum()


def pose_prediction_loss(poses, predicted_poses, *, absolute=False, weights=1.0):
    """Return the mean squared error of predicted poses, or the mean absolute error.

    The paper's is the squared error.

    Args:
        poses: `[B, T, Dp]`, from the frozen pose encoder.
        predicted_poses: `[B, T, Dp]`, predicted from the poses before.
        absolute: whether to take the absolute error. Its minimum is the median, which
            outliers, such as poses of occluded objects, influence less.
        weights: factor of the error of each element of a pose, `[Dp]`, or of all.

    Raises:
        InputError: shapes differ.
    """
    check_same_shape(poses=poses, predicted_poses=predicted_poses)
    error = poses - predicted_poses
    error = ops.abs(error) if absolute else ops.square(error)
    return ops.mean(ops.multiply(weights, error))


def _batch_mean(x, synchronized):
    """Return the mean over the batch, that of all replicas if it is synchronized."""
    if not synchronized:
        return ops.mean(x, axis=0)
    return ops.moments(x, axes=0, synchronized=True)[0]
