"""The objectives of DrNet and, at the end, of MCNet, as pure functions of tensors.

Denton & Birodkar, *Unsupervised Learning of Disentangled Representations from
Video*, NIPS 2017, section 3.1. The paper writes squared norms, a **sum** over the
elements of a code or frame. Here, as in the authors' code, every loss is a **mean**
over the elements and the batch. Weights translate: the balance of the paper's
`L_reconstruction + alpha * L_similarity` is kept with

    similarity_weight = alpha * content_dim / (H * W * C),

0.01 for alpha = 1, content_dim = 128 and 64x64 RGB frames. With the means and
similarity_weight = 1 the similarity outweighs a reconstruction error that cannot
exceed a few hundredths, and the content code learns to say nothing.

The adversarial loss is an `AdversarialLoss`: see `keras_drnet.adversarial`.
"""

from keras import ops


def similarity_loss(content_1, content_2):
    """Returns the mean squared distance of two content codes of one clip, L_sim.

    Args:
        content_1: `[B, Dc]`, content of one frame.
        content_2: `[B, Dc]`, content of another frame of the same clip. A target: no
            gradient goes through it.
    """
    content_2 = ops.stop_gradient(content_2)
    return ops.mean(ops.square(content_1 - content_2))


def reconstruction_loss(frames, reconstructions):
    """Returns the mean squared error of decoded frames, L_reconstruction.

    Args:
        frames: `[B, H, W, C]` in [0, 1].
        reconstructions: `[B, H, W, C]`, decoded from the content of another frame
            of the clip and the pose of this one.
    """
    return ops.mean(ops.square(frames - reconstructions))


def steadiness_loss(before, pose, after, other):
    """Returns how unsteadily a pose moves, for how much it moves; not in the paper.

    The sum of `|before - 2 pose + after|`, which is 0 for a pose that moves by as much
    from each frame to the next, over the sum of `|pose - other|`. So no pose is
    steadier by being small, or by saying what stays the same in a clip. Absolute
    values, so that a turn, which nothing can make steady, counts no more than it must.

    Source: the second differences of Jayaraman & Grauman, *Slow and Steady Feature
    Analysis: Higher Order Temporal Coherence in Video*, CVPR 2016; the quotient is
    our own.

    Args:
        before: `[B, Dp]`, pose of the frame before.
        pose: `[B, Dp]`, pose of a frame.
        after: `[B, Dp]`, pose of the frame after.
        other: `[B, Dp]`, pose of another frame of the same clip, at any distance.
    """
    unsteady = ops.sum(ops.abs(before - 2.0 * pose + after))
    moved = ops.sum(ops.abs(pose - other))
    return unsteady / (moved + 1e-6)


def pose_prediction_loss(poses, predicted_poses, *, absolute=False):
    """Returns the mean squared error of predicted poses, the paper's, or the absolute.

    Args:
        poses: `[B, T, Dp]`, from the frozen pose encoder.
        predicted_poses: `[B, T, Dp]`, predicted from the poses before.
        absolute: whether the error is the absolute one, least at the median of what
            may come: few poses that are far off, of things that are hidden, then
            pull less.
    """
    error = poses - predicted_poses
    return ops.mean(ops.abs(error) if absolute else ops.square(error))


def frame_prediction_loss(frames, predictions):
    """Returns MCNet's mean squared error of predicted frames, L_p.

    A mean over all elements, of frames in [-1, 1] as in the authors' code: four times
    that of frames in [0, 1]. Their other image loss, `gradient_difference_loss`, is
    one of frames in [0, 1]; so their balance is the sum of the two as they stand.

    Source: Villegas et al., *Decomposing Motion and Content for Natural Video
    Sequence Prediction*, ICLR 2017, with p = 2.

    Args:
        frames: `[..., H, W, C]` in [0, 1].
        predictions: `[..., H, W, C]` in [0, 1].
    """
    return 4.0 * ops.mean(ops.square(frames - predictions))


def gradient_difference_loss(frames, predictions):
    """Returns how far the sizes of the predicted frames' gradients are off, L_gdl.

    The mean over all elements of `||dx f| - |dx p|| + ||dy f| - |dy p||`, where dx is
    the difference to the pixel at the right and dy that to the pixel below. As in the
    authors' code the frame goes on with zeros at the right and at the bottom: there
    the terms are `|f - p|`. They repeat a grey channel three times first, which
    leaves the mean as it is.

    Source: Mathieu et al., *Deep Multi-scale Video Prediction Beyond Mean Square
    Error*, ICLR 2016, with alpha = 1; Villegas et al., ICLR 2017.

    Args:
        frames: `[..., H, W, C]` in [0, 1].
        predictions: `[..., H, W, C]` in [0, 1].
    """
    return sum(
        ops.mean(
            ops.abs(_steepness(frames, axis=axis) - _steepness(predictions, axis=axis))
        )
        for axis in (-2, -3)
    )


def _steepness(frames, *, axis):
    """Returns the size of the step to the next pixel, which is 0 after the last."""
    first, rest = ops.split(frames, [1], axis=axis)
    following = ops.concatenate([rest, ops.zeros_like(first)], axis=axis)
    return ops.abs(following - frames)


def discriminator_errors(real_logits, fake_logits):
    """Returns the two cross-entropies of a discriminator of real and generated.

    Each is a mean over the batch; ln 2 is chance. Label: 1 = real. The discriminator
    minimises their sum (Goodfellow et al., *Generative Adversarial Networks*, 2014).

    Args:
        real_logits: `[B, 1]`, for what was observed.
        fake_logits: `[B, 1]`, for what was predicted.

    Returns:
        `(real_error, fake_error)`.
    """
    return ops.mean(ops.softplus(-real_logits)), ops.mean(ops.softplus(fake_logits))


def generator_loss(fake_logits):
    """Returns what a generator minimises against its discriminator.

    The cross-entropy to the label "real", a mean over the batch: the non-saturating
    loss of Goodfellow et al. (2014), MCNet's L_GAN.

    Args:
        fake_logits: `[B, 1]`, for what was predicted.
    """
    return ops.mean(ops.softplus(-fake_logits))
