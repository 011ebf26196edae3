"""Shapes and types of arrays, of tensors, and in graphs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.checks.shapes import (
    check_floats,
    check_same_length,
    check_same_shape,
    check_shape,
)
from keras_drnet.errors import InputError

KINDS = {
    "list": lambda shape: np.zeros(shape).tolist(),
    "array": np.zeros,
    "tensor": tf.zeros,
    "variable": lambda shape: tf.Variable(tf.zeros(shape)),
    "input": lambda shape: keras.Input(batch_shape=shape),
}
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


@every_kind
def test_one_of_the_shapes_will_do(make):
    check_shape(make((5, 1)), "label", ("B",), ("B", 1))
    check_shape(make((5, 3)), "label")
    with pytest.raises(InputError, match=r"of label is \(5, 2\); expected \[B\] or \["):
        check_shape(make((5, 2)), "label", ("B",), ("B", 1))


@every_kind
def test_shapes_that_broadcasting_would_hide(make):
    check_same_shape(a=make((4, 2)), b=make((4, 2)), c=np.ones((4, 2)))
    check_same_shape(a=make((4, 2)), b=make((1, 2)), skip_batch=True)
    with pytest.raises(
        InputError,
        match=r"of a and b are \(4, 1\) and \(4,\); expected the same\. Do this\.$",
    ):
        check_same_shape(a=make((4, 1)), b=make((4,)), hint="Do this.")
    with pytest.raises(InputError, match="the same but for the first axis"):
        check_same_shape(a=make((4, 2)), b=make((4, 1)), skip_batch=True)


@every_kind
def test_lengths(make):
    check_same_length(codes=make((4, 2)), labels=make((4,)))
    with pytest.raises(InputError, match="of codes and labels are 4 and 3; expected"):
        check_same_length(codes=make((4, 2)), labels=make((3,)))


def test_a_graph_knows_shapes_when_it_is_traced():
    """And passes those that it does not know."""

    def check(x):
        check_shape(x, "x", (5, "D"))
        check_same_shape(x=x, y=tf.ones((5, 2)))
        check_same_length(x=x, y=tf.ones((5, 2)))
        return x

    def trace(shape):  # As Keras traces a step.
        graph = tf.function(check, autograph=False)
        return graph.get_concrete_function(tf.TensorSpec(shape))

    for shape in (None, [None, 2], [5, None]):
        trace(shape)
    with pytest.raises(InputError, match=r"are \(None, 3\) and \(5, 2\)"):
        trace([None, 3])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_floats(dtype):
    check_floats(tf.zeros(2, dtype), "image")
    check_floats(keras.Input((2,), dtype=dtype), "image")
    check_floats([0.5], "image")


@pytest.mark.parametrize(
    "image", [np.zeros(2, "uint8"), tf.zeros(2, "int32"), keras.Input((), dtype="bool")]
)
def test_bytes_are_no_floats(image):
    with pytest.raises(
        InputError, match="type of image is .*; expected floats. Divide"
    ):
        check_floats(image, "image")
