"""The task of systems that reconstruct: auto-encoders of any kind."""

from keras import ops

from keras_drnet.checks.shapes import check_floats, check_same_shape


def reconstruction_error(examples, decoded):
    """Return the mean squared error of decoded examples, float32.

    Args:
        examples: `[B, ...]`.
        decoded: `[B, ...]`, what the decoder returned.

    Raises:
        InputError: shapes differ, or examples are integers.
    """
    check_floats(examples, "the examples")
    check_same_shape(examples=examples, decoded=decoded)
    return ops.mean(ops.square(ops.cast(decoded, "float32") - examples))
