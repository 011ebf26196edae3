"""Factors that sources report match the frames that they draw."""

import gzip
import os
import pathlib
import struct

import keras
import numpy as np
import pytest

from keras_drnet.data.clips import Clip, ClipReader
from keras_drnet.data.datasets import digits
from keras_drnet.data.datasets.moving_mnist import MovingMNIST
from keras_drnet.data.factors import Factor
from keras_drnet.data.pipeline.windows import ClipsInMemory, read_clips
from keras_drnet.errors import InputError

MNIST_DIR = pathlib.Path(
    os.environ.get("DRNET_DATA_DIR", "../shared/data"), "mnist"
).absolute()
INDICES = np.arange(40)


def write_idx(folder, name, magic, array, *, cut=0, suffix=""):
    header = struct.pack(f">{1 + array.ndim}i", magic, *array.shape)
    content = (header + array.tobytes())[: -cut or None]
    opener = gzip.open if suffix else open
    with opener(folder / f"{name}{suffix}", "wb") as file:
        file.write(content)


def write_labels(folder, labels, *, magic=2049, **kwargs):
    write_idx(folder, "t10k-labels-idx1-ubyte", magic, np.uint8(labels), **kwargs)


@pytest.fixture
def folder(tmp_path, rng):
    images = rng.integers(0, 256, (6, 28, 28), dtype=np.uint8)
    write_idx(tmp_path, "t10k-images-idx3-ubyte", 2051, images)
    return tmp_path


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_label_files_are_read(folder, suffix):
    write_labels(folder, [3, 1, 4, 1, 5, 9], suffix=suffix)
    labels = digits.load_digit_labels("test", data_dir=folder)
    assert labels.tolist() == [3, 1, 4, 1, 5, 9] and labels.dtype == np.int64
    with pytest.raises(InputError, match="train-labels-idx1-ubyte"):
        digits.load_digit_labels("train", data_dir=folder)


@pytest.mark.parametrize(
    ("labels", "damage", "message"),
    [
        ([1] * 6, {"cut": 2}, "header promises 6 labels, 14 bytes, but it has 12"),
        ([1] * 6, {"cut": 9}, "too short"),
        ([1] * 6, {"magic": 2051}, "not an IDX file of labels: .* expected 2049"),
        ([1] * 5 + [10], {}, "it has a label 10; expected 0 to 9"),
        ([1] * 7, {}, "7 labels for the 6 digits in t10k-images-idx3-ubyte"),
    ],
)
def test_damaged_label_files_are_named(folder, labels, damage, message):
    write_labels(folder, labels, **damage)
    with pytest.raises(InputError, match=message):
        digits.load_digit_labels("test", data_dir=folder)


def test_embedded_labels_are_those_of_the_digits():
    (train, train_labels), (test, test_labels) = (
        (digits.load_digits(split), digits.load_digit_labels(split))
        for split in ("train", "test")
    )
    assert np.bincount(train_labels).tolist() == [400] * 10
    assert np.bincount(test_labels).tolist() == [100] * 10
    means = np.stack([train[train_labels == c].mean(axis=0) for c in range(10)])
    distances = ((test[:, None] - means) ** 2).mean(axis=(2, 3))
    nearest = distances.argmin(axis=1)
    assert np.mean(nearest == test_labels) > 0.75  # By chance it would be 0.1.


def test_labels_of_keras_datasets(monkeypatch):
    images, labels = np.zeros((3, 28, 28), np.uint8), np.uint8([7, 8, 9])
    monkeypatch.setattr(
        keras.datasets.mnist,
        "load_data",
        lambda: ((images, labels), (images[:1], labels[:1])),
    )
    for split, expected in (("train", [7, 8, 9]), ("test", [7])):
        found = digits.load_digit_labels(split, source="keras")
        assert found.tolist() == expected


@pytest.mark.skipif(
    not MNIST_DIR.is_dir(), reason=f"needs the four IDX files of MNIST in {MNIST_DIR}"
)
def test_official_labels_fit_the_official_digits():
    labels = digits.load_digit_labels("test", data_dir=MNIST_DIR)
    assert labels[:5].tolist() == [7, 2, 1, 0, 4] and len(labels) == 10000


@pytest.mark.parametrize("integer_velocity", [True, False])
def test_factors_match_the_digits_and_positions_drawn(integer_velocity):
    source = MovingMNIST("test", clip_length=9, integer_velocity=integer_velocity)
    times = np.tile([[8, 0, 3]], (len(INDICES), 1))
    factors = source.factors(INDICES, times)
    assert set(factors) == {"digit_1", "digit_2", "y_1", "x_1", "y_2", "x_2"}
    images, labels = digits.load_digits("test"), digits.load_digit_labels("test")
    frames = source.frames(INDICES, times).numpy()
    ids = source.digit_ids(INDICES).numpy()
    for n in (0, 1):
        digit = factors[f"digit_{n + 1}"]
        assert digit.kind == "static" and digit.classes == 10
        np.testing.assert_array_equal(digit.values, labels[ids[:, n]])
        assert images[ids[:, n]].any(axis=(1, 2)).all()
        for axis, name in enumerate("yx"):
            position = factors[f"{name}_{n + 1}"]
            assert (position.kind, position.classes) == ("dynamic", 0)
            foreground = frames[..., n].any(axis=3 - axis)  # [B, K, 64]
            first = foreground.argmax(axis=2)
            last = 63 - foreground[..., ::-1].argmax(axis=2)
            assert np.all(first >= np.floor(position.values))
            assert np.all(last <= np.ceil(position.values) + 31)


def test_labels_are_read_only_when_needed(folder):
    source = MovingMNIST("test", data_dir=folder)
    times = np.zeros((1, 1), np.int32)
    assert source.frames(np.array([0]), times).shape == (1, 1, 64, 64, 3)
    with pytest.raises(InputError, match="t10k-labels-idx1-ubyte"):
        source.factors(np.array([0]), times)


def test_digits_that_share_a_channel_have_no_factors():
    source = MovingMNIST("test", num_channels=1)
    assert source.factors(INDICES, np.zeros((40, 1), np.int32)) == {}


def test_halves_of_moving_mnist_share_no_image():
    source = MovingMNIST("test")
    halves = source.halves(np.arange(400))
    ids = source.digit_ids(np.arange(400)).numpy()
    assert set(halves) == {-1, 0, 1}
    assert not set(ids[halves == 0].ravel()) & set(ids[halves == 1].ravel())


class Recordings(ClipReader):
    """A reader whose frames hold their number; two clips of each of some objects."""

    def __init__(self, num_frames=(8, 8), periodic=(True, True), extra=()):
        self.num_frames, self.periodic, self.extra = num_frames, periodic, extra

    def items(self, split):
        return [f"{split}_{n}" for n in range(6)]

    def read(self, item):
        clips = []
        for n, (count, periodic) in enumerate(
            zip(self.num_frames, self.periodic, strict=True)
        ):
            frames = np.zeros((count, 4, 4, 1), np.uint8)
            frames[:, 0, 0, 0] = np.arange(count)
            frames[:, 1, 1, 0] = int(item.split("_")[1])
            frames[:, 2, 2, 0] = n
            labels = {"object": item, "view": "low" if n else "high"}
            labels |= dict.fromkeys(self.extra[n : n + 1], "x")
            clips.append(Clip(f"{item}/{n}", frames, labels, periodic))
        return clips


def recorded(*args, clip_length=6, **kwargs):
    clips = read_clips(Recordings(*args, **kwargs), "test")
    return ClipsInMemory(clips, split="test", clip_length=clip_length)


def test_labels_and_phase_of_recorded_clips_match_their_frames():
    source = recorded()
    times = np.tile(np.arange(6, dtype=np.int32), (40, 1))
    factors = source.factors(INDICES, times)
    pixels = np.round(source.frames(INDICES, times).numpy() * 255).astype(int)
    assert set(factors) == {"object", "view", "phase", "phase_sin", "phase_cos"}
    assert factors["object"].names == tuple(f"test_{n}" for n in range(6))
    assert factors["view"].names == ("high", "low")
    np.testing.assert_array_equal(factors["object"].values, pixels[:, 0, 1, 1, 0])
    np.testing.assert_array_equal(factors["view"].values, pixels[:, 0, 2, 2, 0])
    np.testing.assert_array_equal(factors["phase"].values, pixels[:, :, 0, 0, 0])
    angles = np.arctan2(factors["phase_sin"].values, factors["phase_cos"].values)
    np.testing.assert_allclose(
        np.round(angles / (2 * np.pi) * 8) % 8, pixels[:, :, 0, 0, 0]
    )


@pytest.mark.parametrize(
    ("num_frames", "periodic", "expected"),
    [
        ((16, 16), (True, False), {"phase"}),
        ((8, 8), (False, False), set()),
        ((8, 9), (True, True), set()),
    ],
)
def test_phase_needs_periodic_clips_of_equal_length(num_frames, periodic, expected):
    source = recorded(num_frames, periodic, extra=("only_here",))
    times = np.zeros((40, 2), np.int32)
    factors = source.factors(INDICES, times)
    assert set(factors) == {"object", "view"} | expected
    if expected:
        pixels = source.frames(INDICES, times).numpy()[:, :, 0, 0, 0] * 255
        np.testing.assert_array_equal(factors["phase"].values, np.round(pixels) // 2)


def test_halves_of_recorded_clips_share_objects_but_no_clip():
    source = recorded((8, 8, 8), (True,) * 3)
    halves = source.halves(np.arange(54))
    clips = source.recording_ids(np.arange(54))
    assert set(halves) == {0, 1}
    assert not set(clips[halves == 0]) & set(clips[halves == 1])
    objects = source.factors(np.arange(54), np.zeros((54, 1), np.int32))["object"]
    assert set(objects.values[halves == 0]) == set(objects.values[halves == 1])


def test_a_static_factor_has_one_value_for_all_frames():
    static = Factor(np.array([2, 0]), "static", ("a", "b", "c"))
    assert static.classes == 3
    assert static.by_frame(3).tolist() == [[2, 2, 2], [0, 0, 0]]
    dynamic = Factor(np.array([[0.5, 1.5]]), "dynamic")
    assert dynamic.classes == 0
    assert dynamic.by_frame(2) is dynamic.values
