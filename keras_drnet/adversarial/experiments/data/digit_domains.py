"""Digits of several domains: MNIST, USPS, and MNIST-M, digits on photographs."""

import pathlib

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits as load_small_digits

from keras_drnet.data.datasets.digits import load_digit_labels, load_digits
from keras_drnet.data.datasets.usps import load_usps
from keras_drnet.errors import InputError

SIZE = 28


def mnist(split, settings):
    """Return MNIST's digits, float32 `[N, 28, 28, 1]` in [0, 1], and labels `[N]`."""
    folder = settings.folder("mnist")
    digits = load_digits(split, data_dir=folder)
    labels = load_digit_labels(split, data_dir=folder)
    return np.float32(digits)[..., None] / 255.0, labels


def usps(split, settings):
    """Return digits of USPS, or scikit-learn's small ones, in MNIST's size.

    Scikit-learn's are 1,797 digits of 8x8 that come with the package; two in three are
    for training.
    """
    folder = settings.folder("usps")
    if folder:
        digits, labels = load_usps(split, data_dir=folder)
    else:
        digits, labels = load_small_digits(return_X_y=True)
        is_test = np.arange(len(labels)) % 3 == 2
        chosen = is_test if split == "test" else ~is_test
        digits = np.float32(digits[chosen]).reshape(-1, 8, 8) / 16.0
        labels = labels[chosen].astype(np.int64)
    return np.stack([_resized(digit) for digit in digits])[..., None], labels


def mnist_m(digits, photographs, rng):
    """Blend digits with patches of photographs: `|patch - digit|` for each color.

    Source: Ganin et al., JMLR 2016, section 5.2.4.

    Args:
        digits: float32 `[N, 28, 28, 1]` in [0, 1].
        photographs: list of float32 `[H, W, 3]` in [0, 1], at least 28x28.
        rng: `np.random.Generator`.

    Returns:
        float32 `[N, 28, 28, 3]` in [0, 1].
    """
    patches = []
    for _ in digits:
        photograph = photographs[rng.integers(len(photographs))]
        top, left = (rng.integers(s - SIZE + 1) for s in photograph.shape[:2])
        patches.append(photograph[top : top + SIZE, left : left + SIZE])
    return np.abs(np.stack(patches) - digits)


def photographs(settings, rng):
    """Return photographs for `mnist_m`: BSDS500's, or generated smooth colors."""
    folder = settings.folder("bsds500")
    if not folder:
        coarse = rng.uniform(size=(40, 12, 12, 3))
        return [
            np.stack([_resized(image[..., c], 96) for c in range(3)], axis=-1)
            for image in np.float32(coarse)
        ]
    paths = sorted(pathlib.Path(folder).rglob("*.jpg"))
    if not paths:
        raise InputError(
            f"No photographs in {folder}: expected the JPEG files of BSDS500."
        )
    return [
        np.asarray(Image.open(path).convert("RGB"), np.float32) / 255.0
        for path in paths
    ]


def _resized(image, size=SIZE):
    """Resize an image `[H, W]`, in [0, 1], to `[size, size]`."""
    resized = Image.fromarray(image, mode="F").resize((size, size), Image.BILINEAR)
    return np.clip(np.asarray(resized, np.float32), 0.0, 1.0)
