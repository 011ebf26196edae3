"""Errors that a user can mend: found again behind those of TensorFlow."""

import pytest
import tensorflow as tf

from keras_drnet.errors import InputError, keep_input_errors, original_input_error


def refuse(number):
    raise InputError(f"Clip {number} is damaged; expected a whole one. Fetch it again.")


def caught(function):
    dataset = tf.data.Dataset.range(3, 4).map(
        lambda n: tf.numpy_function(function, [n], tf.int64)
    )
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        list(dataset)
    return error.value


def test_an_input_error_of_a_pipeline_is_found_behind_tensorflows():
    original = original_input_error(caught(keep_input_errors(refuse)))
    assert type(original) is InputError
    assert str(original) == "Clip 3 is damaged; expected a whole one. Fetch it again."


def test_other_errors_are_not_taken_for_a_kept_one():
    with pytest.raises(InputError):
        keep_input_errors(refuse)(4)
    assert original_input_error(ValueError("something else")) is None
