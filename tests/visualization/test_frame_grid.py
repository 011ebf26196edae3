"""Grids of frames."""

import numpy as np
import pytest

from keras_drnet.errors import InputError
from keras_drnet.visualization.frame_grid import GREEN, RED, frame_grid


def test_rows_are_bordered_enlarged_and_padded_with_white():
    frames = np.stack([np.zeros((2, 2, 1)), np.ones((2, 2, 1))])
    image = frame_grid([frames, frames[:1]], colors=[GREEN, [RED]], scale=3, border=1)
    assert image.shape == (16, 16, 3)
    assert tuple(image[0, 0]) == GREEN and tuple(image[8, 0]) == RED
    assert not image[1:7, 1:7].any() and np.all(image[1:7, 9:15] == 255)
    assert np.all(image[8:, 8:] == 255)


@pytest.mark.parametrize(
    ("rows", "scale", "message"),
    [
        ([], 1, "has an empty row, or none"),
        ([np.zeros((1, 2, 2, 3)), []], 1, "has an empty row, or none"),
        ([np.zeros((1, 2, 2, 3))], 0, "scale is 0; expected at least 1"),
        ([np.zeros((1, 2, 2, 3))], 1.5, "scale is 1.5; expected a whole number"),
    ],
)
def test_what_is_no_grid(rows, scale, message):
    with pytest.raises(InputError, match=message):
        frame_grid(rows, scale=scale)
