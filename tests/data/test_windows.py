"""Windows of recorded clips: their recordings and positions, and reading."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.data.clips import BadFile, Clip, ClipReader, split_names
from keras_drnet.data.datasets import video_folder
from keras_drnet.data.load import load_dataset
from keras_drnet.data.pipeline.windows import ClipsInMemory, read_clips
from keras_drnet.errors import InputError
from tests.support.videos import walker, write_video


class Numbered(ClipReader):
    """A reader whose frames say, in their pixels, which clip and time they are of."""

    def __init__(self, lengths, periodic=(), bad=()):
        self.lengths, self.periodic, self.bad = lengths, periodic, bad

    def items(self, split):
        return [f"{split}_{n}" for n in range(len(self.lengths))]

    def read(self, item):
        number = int(item.split("_")[1])
        if number in self.bad:
            raise BadFile(item, "broken on purpose")
        frames = np.zeros((self.lengths[number], 2, 4, 1), np.uint8)
        frames[:, 0, 0, 0] = number
        frames[:, 0, 1, 0] = np.arange(len(frames))
        return [Clip(item, frames, {"n": str(number)}, number in self.periodic)]


def source(reader, clip_length=5, split="train", **kwargs):
    clips = read_clips(reader, split)
    return ClipsInMemory(clips, split=split, clip_length=clip_length, **kwargs)


def windows(source, count, first=0):
    """Returns the clip's number and the time of every frame, `[N, T]` each."""
    indices = tf.range(first, first + count, dtype=tf.int64)
    times = tf.repeat(tf.range(source.clip_length)[None], count, axis=0)
    pixels = np.round(source.frames(indices, times).numpy() * 255).astype(int)
    return pixels[:, :, 0, 0, 0], pixels[:, :, 0, 1, 0]


@settings(max_examples=20)
@given(
    lengths=st.lists(st.integers(5, 12), min_size=1, max_size=7),
    seed=st.integers(0, 2**31 - 1),
    first=st.integers(0, 50),
)
def test_a_window_is_consecutive_frames_of_one_clip(lengths, seed, first):
    clips, times = windows(source(Numbered(lengths), seed=seed), 40, first)
    assert np.all(clips == clips[:, :1])
    assert np.all(np.diff(times, axis=1) == 1)
    assert np.all(times[:, -1] < np.array(lengths)[clips[:, 0]])


@pytest.mark.parametrize("num_clips", [1, 2, 7, 24])
def test_every_clip_occurs_once_per_round_and_rounds_differ(num_clips):
    clips, _ = windows(source(Numbered([6] * num_clips)), 3 * num_clips)
    rounds = clips[:, 0].reshape(3, num_clips)
    for order in rounds:
        assert sorted(order) == list(range(num_clips))
    assert num_clips < 7 or len({tuple(order) for order in rounds}) == 3


def test_every_start_occurs():
    _, times = windows(source(Numbered([9])), 200)
    assert set(times[:, 0]) == set(range(5))


def test_windows_of_periodic_clips_wrap_around():
    clips, times = windows(source(Numbered([4, 8], periodic=[0]), clip_length=7), 100)
    turns = times[clips[:, 0] == 0]
    assert np.all((turns - turns[:, :1]) % 4 == np.arange(7) % 4)
    assert set(turns[:, 0]) == {0, 1, 2, 3}
    assert set(times[clips[:, 0] == 1][:, 0]) == {0, 1}


def test_windows_depend_on_seed_and_split_alone():
    reader = Numbered([30] * 5)
    one = windows(source(reader, seed=1), 20)
    np.testing.assert_array_equal(one, windows(source(reader, seed=1), 20))
    assert np.any(one[1] != windows(source(reader, seed=2), 20)[1])
    assert np.any(one[1] != windows(source(reader, seed=1, split="test"), 20)[1])


def test_short_clips_are_left_out_and_counted(caplog):
    with caplog.at_level("WARNING"):
        short = source(Numbered([3, 6, 4, 8]))
    assert short.names == ["train_1", "train_3"]
    assert [labels["n"] for labels in short.labels] == ["1", "3"]
    assert "2 of 4 train clips have fewer than 5 frames" in caplog.text
    clips, _ = windows(short, 8)
    assert set(clips[:, 0]) == {1, 3}


def test_the_longest_window_is_what_enough_clips_allow():
    plain = source(Numbered([7, 9, 5, 6]))
    assert [plain.longest_window(count) for count in (1, 2, 3, 4, 50)] == [
        9,
        7,
        6,
        5,
        5,
    ]
    one_turn = source(Numbered([7, 9, 8], periodic=[0]))
    assert [one_turn.longest_window(count) for count in (1, 2, 3)] == [None, 9, 8]


def test_a_data_set_without_long_enough_clips_is_refused():
    with pytest.raises(InputError, match="None of the 2 train clips has 5 frames; the"):
        source(Numbered([3, 4]))


def test_half_of_the_training_windows_are_mirrored():
    reader = Numbered([200])
    plain = source(reader)
    flipped = source(reader, random_flip=True)
    indices = tf.range(200, dtype=tf.int64)
    times = tf.zeros((200, 1), tf.int32)
    a, b = (s.frames(indices, times).numpy()[:, 0] for s in (plain, flipped))
    mirrored = np.any(a != b, axis=(1, 2, 3))
    assert 60 < mirrored.sum() < 140
    np.testing.assert_array_equal(b[mirrored], a[mirrored][:, :, ::-1])
    test = source(reader, random_flip=True, split="test")
    np.testing.assert_array_equal(
        test.frames(indices, times), source(reader, split="test").frames(indices, times)
    )


def test_bad_files_and_duplicates_are_left_out(caplog):
    class Twice(Numbered):
        def read(self, item):
            (clip,) = super().read(item)
            return [clip, dataclasses.replace(clip, name=f"{item}_again")]

    with caplog.at_level("WARNING"):
        clips = read_clips(Twice([5, 6, 7], bad=[1]), "train")
    assert [entry.name for entry in clips.entries] == ["train_0", "train_2"]
    assert "train_1: broken on purpose. It is left out" in caplog.text
    assert "train_0_again has the same frames as train_0" in caplog.text


def test_a_split_without_usable_files_is_refused():
    with pytest.raises(InputError, match="None of the 1 train files can be used"):
        read_clips(Numbered([5], bad=[0]), "train")
    with pytest.raises(InputError, match="no test file that data.actions"):
        read_clips(Numbered([]), "test")


@settings(max_examples=50)
@given(
    names=st.sets(st.text(min_size=1, max_size=8), min_size=2, max_size=40),
    fraction=st.floats(0.01, 0.99),
)
def test_splits_by_name_share_nothing(names, fraction):
    train, test = (split_names(sorted(names), s, fraction) for s in ("train", "test"))
    assert set(train) | set(test) == names and not set(train) & set(test)
    assert train and test
    assert len(test) == min(int(np.ceil(fraction * len(names))), len(names) - 1)
    assert split_names(sorted(names, reverse=True), "test", fraction) == test


def test_a_split_needs_two_names():
    with pytest.raises(InputError, match="expected at least 2"):
        split_names(["one"], "train", 0.5)
    with pytest.raises(InputError, match="Unknown split 'val'"):
        split_names(["one", "two"], "val", 0.5)


def test_a_file_is_read_once_for_all_uses(tmp_path, tiny, monkeypatch):
    for seed in range(4):
        write_video(tmp_path / f"{seed}.avi", walker(12, seed))
    read = []
    original = video_folder.read_video
    monkeypatch.setattr(
        video_folder,
        "read_video",
        lambda file, *args, **kw: read.append(file) or original(file, *args, **kw),
    )
    config = tiny.with_overrides(
        ["data.dataset=video_folder", f"data.data_dir={tmp_path}", "data.frame_rate=25"]
    )
    for stage in ("drnet", "pose"):
        batch = next(iter(load_dataset(config, "train", stage)))
        assert all(np.isfinite(frames).all() for frames in batch.values())
    assert len(read) == len(set(read)) == 3
