"""Clips that are too few, or too short, to learn from."""

from keras_drnet.data.shortages import MIN_TRAINING_CLIPS, find_shortages


def _clips(*lengths, periodic=False):
    return [{"num_frames": n, "periodic": periodic} for n in lengths]


def test_enough_clips_lack_nothing():
    enough = [20] * MIN_TRAINING_CLIPS
    assert not find_shortages({"train": _clips(*enough), "test": _clips(20)}, 20)


def test_few_clips_short_ones_and_none_to_test_on_are_named():
    short, few, none = find_shortages({"train": _clips(20, 5, 19), "test": []}, 20)
    assert few.startswith("1 clips to train on are few")
    assert short.startswith("2 of the 3 train clips are shorter than the 20 frames")
    assert none.startswith("No clip is left to test on")


def test_short_clips_do_not_count_but_periodic_ones_have_no_end():
    clips = {"train": _clips(*[8] * MIN_TRAINING_CLIPS), "test": _clips(8)}
    assert len(find_shortages(clips, 9)) == 4
    turning = {
        "train": _clips(*[8] * MIN_TRAINING_CLIPS, periodic=True),
        "test": _clips(8, periodic=True),
    }
    assert not find_shortages(turning, 9)
