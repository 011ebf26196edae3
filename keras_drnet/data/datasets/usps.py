"""USPS digits, from the HDF5 file in which they are commonly distributed.

usps.h5
  train/data  test/data         [N, 256], pixels in [0, 1]; N = 7,291 and 2,007
  train/target  test/target     [N], classes
"""

import pathlib

import h5py
import numpy as np

from keras_drnet.data.clips import check_split
from keras_drnet.data.datasets.digits import NUM_CLASSES
from keras_drnet.errors import InputError

DIGIT_SIZE = 16
FILE = "usps.h5"


def load_usps(split, *, data_dir):
    """Load the digits of one split.

    Args:
        split: `"train"` or `"test"`.
        data_dir: folder of `usps.h5`.

    Returns:
        `(digits, labels)`: float32 `[N, 16, 16]` in [0, 1], 1 for foreground, and
        int64 `[N]`, 0 to 9.

    Raises:
        InputError: the split is unknown, or the file is missing, damaged or another.
    """
    check_split(split)
    path = pathlib.Path(data_dir) / FILE
    if not path.is_file():
        raise InputError(
            f"No USPS digits in {data_dir}: expected {FILE}. Leave out data_dir to use "
            "the digits that need no download."
        )
    try:
        with h5py.File(path, "r") as file:
            pixels = np.asarray(file[split]["data"], np.float32)
            labels = np.asarray(file[split]["target"], np.int64)
    except (KeyError, OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{path} is damaged or not the USPS file: {error}. Fetch it again."
        ) from error
    if (
        pixels.shape != (len(labels), DIGIT_SIZE**2)
        or not len(labels)
        or not np.all((pixels >= 0) & (pixels <= 1))
        or not set(np.unique(labels)) <= set(range(NUM_CLASSES))
    ):
        raise InputError(
            f"{path} has {split} digits {pixels.shape} with labels {labels.shape}; "
            f"expected [N, {DIGIT_SIZE**2}] in [0, 1] and [N] from 0 to 9. Fetch it "
            "again."
        )
    return pixels.reshape(-1, DIGIT_SIZE, DIGIT_SIZE), labels
