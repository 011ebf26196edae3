"""Choice of the frames of a long prediction to show in an image.

Frames are numbered from 1, the first observed one.
"""

import itertools

from keras_drnet.errors import InputError

NUM_STEPS = 12  # Number of generated frames to show, about.
EARLY = (2, 5, 10)  # Frames after the last observed one that are always shown.


def default_steps(num_past, num_future):
    """Choose about 12 frames, of which the early ones are closer together.

    Args:
        num_past: number of observed frames.
        num_future: number of generated frames.

    Returns:
        A sorted list of frame numbers: the first and the last observed frame, a few
        soon after it, then multiples of 1, 2, 5, 10, 20, 50, ..., and the last frame
        if there is no multiple.
    """
    total = num_past + num_future
    strides = (m * 10**k for k in itertools.count() for m in (1, 2, 5))
    stride = next(s for s in strides if total <= NUM_STEPS * s)
    early = [num_past + n for n in EARLY if n < stride]
    later = range(stride, total + 1, stride)
    generated = {t for t in (*early, *later) if num_past < t <= total} or {total}
    return sorted({1, num_past} | generated)


def parse_steps(texts, num_past, num_future):
    """Parse the value of `--steps`.

    Args:
        texts: list of strings, each a frame number; empty for `default_steps`.
        num_past: number of observed frames.
        num_future: number of generated frames.

    Returns:
        A sorted list of frame numbers.

    Raises:
        InputError: a string is not the number of a frame, or no frame is a generated
            one.
    """
    if not texts:
        return default_steps(num_past, num_future)
    total = num_past + num_future
    try:
        steps = sorted({int(text) for text in texts})
    except ValueError:
        steps = [0]
    if steps[0] < 1 or not num_past < steps[-1] <= total:
        raise InputError(
            f"--steps is {','.join(texts)}; expected numbers of frames from 1 to "
            f"{total} ({num_past} observed and --num_future={num_future}), at least "
            "one of them generated."
        )
    return steps
