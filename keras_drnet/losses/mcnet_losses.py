"""The image losses of MCNet, as pure functions of tensors."""

from keras import ops

from keras_drnet.checks.shapes import check_same_shape


def frame_prediction_loss(frames, predictions):
    """Return MCNet's mean squared error of predicted frames, L_p.

    A mean over all elements, of frames in [-1, 1] as in the authors' code: four times
    that of frames in [0, 1]. Their other image loss, `gradient_difference_loss`, is of
    frames in [0, 1]: the sum of the two, unweighted, has the authors' balance.

    Source: Villegas et al., *Decomposing Motion and Content for Natural Video
    Sequence Prediction*, ICLR 2017, with p = 2.

    Args:
        frames: `[..., H, W, C]` in [0, 1].
        predictions: `[..., H, W, C]` in [0, 1].

    Raises:
        InputError: shapes differ.
    """
    check_same_shape(frames=frames, predictions=predictions)
    return 4.0 * ops.mean(ops.square(frames - predictions))


def gradient_difference_loss(frames, predictions):
    """Return the absolute error of the magnitudes of image gradients, L_gdl.

    The mean over all elements of `||dx f| - |dx p|| + ||dy f| - |dy p||`, where dx is
    the difference to the pixel at the right and dy that to the pixel below. As in the
    authors' code the frame is padded with zeros at the right and at the bottom: there
    the terms are `|f - p|`. They repeat a gray channel three times first, which does
    not change the mean.

    Source: Mathieu et al., *Deep Multi-scale Video Prediction Beyond Mean Square
    Error*, ICLR 2016, with alpha = 1; Villegas et al., ICLR 2017.

    Args:
        frames: `[..., H, W, C]` in [0, 1].
        predictions: `[..., H, W, C]` in [0, 1].

    Raises:
        InputError: shapes differ.
    """
    check_same_shape(frames=frames, predictions=predictions)
    return sum(
        ops.mean(
            ops.abs(_magnitude(frames, axis=axis) - _magnitude(predictions, axis=axis))
        )
        for axis in (-2, -3)
    )


def _magnitude(frames, *, axis):
    """Return the absolute difference of each pixel and the next; 0 lies outside."""
    first, rest = ops.split(frames, [1], axis=axis)
    following = ops.concatenate([rest, ops.zeros_like(first)], axis=axis)
    return ops.abs(following - frames)
