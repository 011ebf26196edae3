"""A classifier of digits for all tests that need one.

They belong to the group "digits": with several workers they run in one.
"""

import pytest

from keras_drnet.data.datasets.moving_mnist import MovingMNIST
from keras_drnet.evaluation.digit_classifier import DigitClassifier


@pytest.fixture(scope="session")
def digit_classifier():
    trained = DigitClassifier(32, 2)
    trained.fit(MovingMNIST("train", image_size=32), num_clips=2048)
    return trained
