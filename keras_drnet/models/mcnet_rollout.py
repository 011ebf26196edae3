"""Roll-out of MCNet: on observed frames, then on its own predictions."""

from keras import ops

LUMA = (0.2989, 0.587, 0.114)  # Weights of red, green and blue in gray (BT.601).


def observe(networks, past):
    """Read the observed frames.

    Args:
        networks: `MCNetNetworks`.
        past: `[B, num_past, H, W, C]` in [0, 1], with static num_past of at least 2.

    Returns:
        What `predict_next` needs: `(frame, motion, maps, state)`, the last frame and
        what the motion encoder makes of the differences of all.
    """
    memory = (past[:, 0], None, None, _initial_state(networks, ops.shape(past)[0]))
    for t in range(1, past.shape[1]):
        memory = _read(networks, memory, past[:, t])
    return memory


def predict_next(networks, memory):
    """Predict one frame and read it as if it had been observed.

    Args:
        networks: `MCNetNetworks`.
        memory: what `observe` or this returned.

    Returns:
        `(next_frame, next_memory)`, the frame `[B, H, W, C]` in [0, 1].
    """
    frame, motion, maps, _ = memory
    next_frame = networks.frame_generator((frame, motion, maps))
    return next_frame, _read(networks, memory, next_frame)


def roll_out(networks, past, num_future):
    """Predict the frames after the observed ones, each from the one before.

    Args:
        networks: `MCNetNetworks`.
        past: `[B, num_past, H, W, C]` in [0, 1], with static num_past of at least 2.
        num_future: number of frames to predict, at least 1.

    Returns:
        `[B, num_future, H, W, C]` in [0, 1].
    """
    memory, future = observe(networks, past), []
    for _ in range(num_future):
        frame, memory = predict_next(networks, memory)
        future.append(frame)
    return ops.stack(future, axis=1)


def to_gray(frames):
    """Return frames `[..., C]` with one channel; those with one stay as they are."""
    if frames.shape[-1] == 1:
        return frames
    weights = ops.convert_to_tensor(LUMA, dtype=frames.dtype)
    return ops.sum(frames * weights, axis=-1, keepdims=True)


def _read(networks, memory, next_frame):
    frame, _, _, state = memory
    difference = to_gray(next_frame) - to_gray(frame)
    motion, maps, state = networks.motion_encoder((difference, state))
    return next_frame, motion, maps, state


def _initial_state(networks, batch_size):
    _, state = networks.motion_encoder.input
    return tuple(ops.zeros((batch_size, *x.shape[1:]), dtype=x.dtype) for x in state)
