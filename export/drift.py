"""Drift of an exported model from the networks, by a measure that is fair to chaos.

The pose LSTM feeds the errors of a pose back. Where objects bounce, the smallest
difference grows within a hundred frames to another path: rounding then decides where an
object is, and the pixels of a late frame say nothing of the file. So a model is
restarted from states along the path of the reference, and compared for some frames each
time. Of its free roll-out only what every path has in common is compared: how sharp the
frames are, and how much they move. That is where a model shows that freezes or fades.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from keras_drnet.metrics.image_quality import gradient_energy
from keras_drnet.models import pose_rollout

NUM_FRAMES = 100  # Frames of a roll-out.
RESTARTS = range(0, NUM_FRAMES, 20)  # Frames at which a model is restarted.
WINDOW = 10  # Frames that are compared after each.
LAST = 20  # Frames at the end of a free roll-out that are compared.
GREATEST_RATIO = 1.5  # Of sharpness or motion, upward or downward.
INVISIBLE = 1e-6  # Mean squared difference: a quarter of a gray level.


@dataclasses.dataclass(frozen=True)
class Reference:
    """A roll-out of the Keras networks, with its states.

    Attributes:
        past: observed frames `[B, T, H, W, C]`.
        frames: the frames after them, `[B, NUM_FRAMES, H, W, C]`.
        states: for each frame the state that `step` draws it from, a dict of name to
            `[B, ...]`.
    """

    past: np.ndarray
    frames: np.ndarray
    states: tuple[dict[str, np.ndarray], ...]


def roll_out(networks, state_names, past):
    """Roll out the networks.

    Args:
        networks: trained float32 `Networks`.
        state_names: names of the pose and of the LSTM's state: see `StepGraph`.
        past: observed frames `[B, T, H, W, C]`.

    Returns:
        A `Reference`.
    """
    content, pose, layers = pose_rollout.prime(networks, past)
    frames, states = [], []
    for _ in range(NUM_FRAMES):
        values = [pose, *tf.nest.flatten(layers)]
        states.append(dict(zip(state_names, map(np.asarray, values), strict=True)))
        frames.append(np.asarray(networks.decoder((content, pose), training=False)))
        pose, layers = networks.pose_lstm((pose, content[0], layers), training=False)
    return Reference(past, np.stack(frames, axis=1), tuple(states))


def restarted_psnr(call, reference):
    """Compare a model with the reference, from states along the reference's path.

    Args:
        call: function of a function's name and a dict of inputs of one clip that
            returns a dict of outputs, as those of `parity`.
        reference: a `Reference`.

    Returns:
        PSNR of the squared error of all frames and clips together, decibels.
    """
    errors = []
    for clip, past in enumerate(reference.past):
        tensors = call("prime", {"past": past[np.newaxis]})
        for start in RESTARTS:
            states = reference.states[start]
            tensors |= {name: value[clip : clip + 1] for name, value in states.items()}
            for t in range(start, start + WINDOW):
                outputs = call("step", tensors)
                error = np.float64(outputs["frame"][0]) - reference.frames[clip, t]
                errors.append(np.mean(np.square(error)))
                tensors |= {name: outputs[name] for name in states}
    return _decibels(np.mean(errors))


def free_psnr(frames, reference):
    """Return the PSNR of the last frame of free roll-outs, in decibels.

    Args:
        frames: `[B, NUM_FRAMES, H, W, C]`.
        reference: a `Reference`.
    """
    error = np.float64(frames[:, -1]) - reference.frames[:, -1]
    return _decibels(np.mean(np.square(error)))


def is_alive(frames, reference):
    """Return whether free roll-outs end as sharp, and as moving, as the reference.

    Arguments are those of `free_psnr`.
    """
    own, others = frames[:, -LAST:], reference.frames[:, -LAST:]
    return all(
        _are_close(float(np.mean(of(own))), float(np.mean(of(others))))
        for of in (gradient_energy, _motion)
    )


def _motion(frames):
    return np.square(np.diff(np.float64(frames), axis=1))


def _are_close(one, other):
    one, other = one + INVISIBLE, other + INVISIBLE
    return one <= GREATEST_RATIO * other and other <= GREATEST_RATIO * one


def _decibels(error):
    return float(-10.0 * np.log10(error + 1e-20))
