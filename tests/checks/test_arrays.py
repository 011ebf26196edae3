"""Values of arrays: codes, labels, images, scales."""

import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.checks.arrays import (
    MATRIX,
    check_array,
    check_images,
    check_labels,
    check_positive,
)
from keras_drnet.errors import InputError


@pytest.mark.parametrize(
    "values", [[[1.0, 2.0]], np.ones((3, 2), "uint8"), tf.zeros((1, 2), "bfloat16")]
)
def test_arrays_keep_their_values_and_type(values):
    array = check_array(values, "codes", MATRIX)
    np.testing.assert_array_equal(array, np.asarray(values))
    assert array.dtype == np.asarray(values).dtype


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(3), r"shape of codes is \(3,\); expected \[N, D\]"),
        (np.zeros((1, 2)), r"is \(1, 2\); expected at least 2 along the first axis"),
        (np.zeros((3, 0)), "and no empty one"),
        ([["a", "b"]] * 2, "type of codes is <U1; expected numbers"),
        ([[0.0, np.nan]] * 2, "Not all values of codes are finite"),
        ([[0.0, -np.inf]] * 2, "Not all values of codes are finite"),
    ],
)
def test_arrays_that_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        check_array(values, "codes", MATRIX, least=2)


@pytest.mark.parametrize("values", [[True, False], [0, 1], [1.0, 0.0], tf.ones(2)])
def test_labels_may_have_any_type(values):
    array = check_labels(values, "bits", ("N",), num_classes=2)
    np.testing.assert_array_equal(array, values)
    check_labels([-4, 10**12], "ids", ("N",))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.0, 0.3], r"value of bits is 0\.3; expected whole numbers from 0 to 1\.$"),
        ([1, -1], "value of bits is -1; expected whole"),
        ([1, 2], "value of bits is 2; expected whole"),
        ([], "at least 1"),
    ],
)
def test_what_is_no_label(values, message):
    with pytest.raises(InputError, match=message):
        check_labels(values, "bits", ("N",), num_classes=2)


def test_labels_of_any_number_of_classes_are_whole():
    with pytest.raises(InputError, match=r"is 2\.5; expected whole numbers\.$"):
        check_labels([7.0, 2.5], "ids", ("N",))


@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
def test_images_may_have_any_leading_axes(leading, rng):
    images = rng.uniform(size=(*leading, 4, 5, 3))
    assert check_images(images, "frames") is images


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((4, 4)), r"is \(4, 4\); expected \[..., H, W, C\]"),
        (np.zeros((0, 4, 4, 1)), "expected"),
        (np.zeros((1, 4, 3, 1)), "H and W at least 4"),
        (np.zeros((1, 4, 4, 1), "uint8"), "uint8; expected floats .* Divide bytes"),
        (np.full((1, 4, 4, 1), 255.0), "values from 255 to 255; expected 0 to 1"),
        (np.full((4, 4, 1), np.nan), "not finite"),
    ],
)
def test_images_that_are_refused(images, message):
    with pytest.raises(InputError, match=message):
        check_images(images, "frames", least_size=4)


def test_positive_numbers_and_arrays():
    for values in (1, 1e-30, np.float32(2), [0.5, 3]):
        check_positive(values, "scale")


@pytest.mark.parametrize("values", [0, -1, np.nan, np.inf, [1, 0], "1", None])
def test_what_is_not_positive(values):
    with pytest.raises(InputError, match="scale is .*; expected a number above 0"):
        check_positive(values, "scale")
