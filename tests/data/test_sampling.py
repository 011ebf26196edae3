"""Training batches: named frames of clips, whole clips, and resuming."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.data.clip_source import ClipSource
from keras_drnet.data.load import load_dataset, load_source
from keras_drnet.data.pipeline import sampling
from keras_drnet.errors import InputError


class Numbered(ClipSource):
    """A source whose frames say which clip and time they are of."""

    clip_length = 15

    def frames(self, indices, times):
        indices = tf.cast(indices, tf.float32)[:, None] + tf.zeros(tf.shape(times))
        pixels = tf.stack([indices, tf.cast(times, tf.float32)], axis=-1)
        return pixels[:, :, None, None, :]


def first(dataset, count=1):
    return list(itertools.islice(iter(dataset), count))


@settings(max_examples=30)
@given(seed=st.integers(0, 2**31 - 1), max_step=st.integers(3, 14))
def test_four_distinct_frames_within_the_step(seed, max_step):
    times = sampling.frame_times(seed, tf.range(64, dtype=tf.int64), 15, max_step)
    times = np.sort(times.numpy(), axis=1)
    assert times.min() >= 0 and times.max() < 15
    assert np.all(np.diff(times, axis=1) > 0)
    assert np.all(times[:, -1] - times[:, 0] <= max_step)


def test_every_frame_and_every_order_occurs():
    times = sampling.frame_times(0, tf.range(4000, dtype=tf.int64), 6, 4).numpy()
    assert len({tuple(row) for row in np.argsort(times, axis=1)}) == 24
    for column in times.T:
        assert set(column) == set(range(6))


def test_named_frames_come_from_one_clip():
    dataset = sampling.frame_batches(
        Numbered(), batch_size=5, max_step=4, first_batch=2
    )
    (batch,) = first(dataset)
    assert set(batch) == {"content_1", "content_2", "pose_1", "pose_2"}
    frames = np.stack([frame.numpy()[:, 0, 0] for frame in batch.values()], axis=1)
    np.testing.assert_array_equal(
        frames[..., 0], np.arange(10, 15)[:, None] * np.ones((1, 4))
    )
    assert all(len(set(row)) == 4 for row in frames[..., 1])


def test_without_a_second_content_the_other_frames_are_the_same():
    options = {"batch_size": 5, "max_step": 4, "num_content_frames": 2}
    (whole,) = first(sampling.frame_batches(Numbered(), **options))
    (batch,) = first(
        sampling.frame_batches(Numbered(), **options, second_content=False)
    )
    assert set(whole) - set(batch) == {"content_2"}
    for name in batch:
        np.testing.assert_array_equal(batch[name], whole[name])


def test_only_what_a_loss_needs_is_drawn(tiny):
    plain = tiny.with_overrides(["drnet.similarity_weight=0"])
    (batch,) = first(load_dataset(plain, "train"))
    assert set(batch) == {"content_1", "pose_1", "pose_2"}


def test_neighbors_are_the_frames_before_and_after():
    dataset = sampling.frame_batches(
        Numbered(), batch_size=200, max_step=12, neighbors=True, first_batch=1
    )
    (batch,) = first(dataset)
    clips, times = (
        {name: frame.numpy()[:, 0, 0, i] for name, frame in batch.items()}
        for i in range(2)
    )
    for name in ("pose_before", "pose_after"):
        np.testing.assert_array_equal(clips[name], np.arange(200, 400))
    np.testing.assert_array_equal(times["pose_before"], times["pose_1"] - 1)
    np.testing.assert_array_equal(times["pose_after"], times["pose_1"] + 1)
    assert times["pose_before"].min() == 0 and times["pose_after"].max() == 14


def test_neighbors_need_room_on_either_side():
    with pytest.raises(
        InputError, match="13 frames of a clip.*expected 3 to 12.*steadiness_weight"
    ):
        sampling.frame_batches(Numbered(), batch_size=2, max_step=13, neighbors=True)


@pytest.mark.parametrize("stage", ["drnet", "pose"])
def test_a_pipeline_resumes_where_another_stopped(tiny, stage):
    whole = first(load_dataset(tiny, "train", stage), 3)
    rest = first(load_dataset(tiny, "train", stage, first_batch=1), 2)
    for a, b in zip(whole[1:], rest, strict=True):
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])


def test_clips_are_whole_and_in_order():
    (batch,) = first(sampling.clip_batches(Numbered(), batch_size=3))
    video = batch["video"].numpy()
    assert video.shape == (3, 15, 1, 1, 2)
    np.testing.assert_array_equal(video[1, :, 0, 0, 1], np.arange(15))
    np.testing.assert_array_equal(sampling.clip_frames(Numbered(), 1, 2), video[1:])


@pytest.mark.parametrize("max_step", [2, 15])
def test_steps_that_do_not_fit_are_refused(max_step):
    with pytest.raises(InputError, match="expected 3 to 14"):
        sampling.frame_batches(Numbered(), batch_size=2, max_step=max_step)


def test_unknown_names_are_answered_with_the_valid_ones(tiny):
    with pytest.raises(InputError, match="Unknown stage 'poses'.*drnet.*pose"):
        load_dataset(tiny, "train", "poses")
    with pytest.raises(InputError, match="Unknown dataset 'mnist'.*moving_mnist"):
        load_source(tiny.with_overrides(["data.dataset=mnist"]), "train")
