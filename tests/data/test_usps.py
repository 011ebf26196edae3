"""USPS digits from their file, and damaged files."""

import h5py
import numpy as np
import pytest

from keras_drnet.data.datasets.usps import load_usps
from keras_drnet.errors import InputError


def write(folder, **changes):
    """Writes a file of 5 digits to train and 3 to test; changes are to `train`."""
    with h5py.File(folder / "usps.h5", "w") as file:
        for split, count in (("train", 5), ("test", 3)):
            arrays = {
                "data": np.tile(np.linspace(0, 1, 256, dtype="f4"), (count, 1)),
                "target": np.arange(count),
            } | (changes if split == "train" else {})
            for name, array in arrays.items():
                if array is not None:
                    file.create_dataset(f"{split}/{name}", data=array)
    return folder


def test_digits_come_as_images_with_their_labels(tmp_path):
    digits, labels = load_usps("test", data_dir=write(tmp_path))
    assert digits.shape == (3, 16, 16) and digits.dtype == np.float32
    np.testing.assert_allclose(digits[1].ravel(), np.linspace(0, 1, 256), rtol=1e-6)
    np.testing.assert_array_equal(labels, [0, 1, 2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": None}, "damaged or not the USPS file"),
        ({"data": np.zeros((5, 64), "f4")}, r"has train digits \(5, 64\)"),
        ({"data": np.full((5, 256), 255.0)}, r"expected \[N, 256\] in \[0, 1\]"),
        ({"data": np.full((5, 256), np.nan)}, r"expected \[N, 256\] in \[0, 1\]"),
        ({"target": np.arange(8, 13)}, "from 0 to 9"),
        ({"target": np.arange(4)}, "with labels"),
    ],
)
def test_a_file_that_is_not_usps_is_named(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        load_usps("train", data_dir=write(tmp_path, **changes))


def test_a_file_cut_short_or_missing_is_named(tmp_path):
    with pytest.raises(InputError, match="expected usps.h5. Leave out data_dir"):
        load_usps("train", data_dir=tmp_path)
    path = write(tmp_path) / "usps.h5"
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(InputError, match="Fetch it again"):
        load_usps("train", data_dir=tmp_path)
    with pytest.raises(InputError, match="split"):
        load_usps("validation", data_dir=tmp_path)
