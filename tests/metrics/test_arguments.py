"""Arguments of metrics that do not fit are refused, not taken in silence."""

import numpy as np
import pytest

from keras_drnet.errors import InputError
from keras_drnet.metrics import image_quality
from keras_drnet.metrics.nearest_neighbors import memorization_ratio, nearest
from keras_drnet.metrics.probes import chance, probe_factor, probe_quantity

FRAMES = np.random.default_rng(0).uniform(size=(3, 12, 12, 1))
BYTES = np.random.default_rng(1).integers(0, 256, FRAMES.shape, dtype=np.uint8)
COMPARED = [image_quality.psnr, image_quality.ssim, image_quality.sharpness]
every_comparison = pytest.mark.parametrize("compare", COMPARED)
CODES = np.random.default_rng(2).normal(size=(8, 2))


@every_comparison
@pytest.mark.parametrize(
    ("frames", "predictions", "message"),
    [
        (BYTES, BYTES, "frames are uint8; expected floats .* Divide bytes by 255"),
        (FRAMES, BYTES, "predictions are uint8"),
        (FRAMES, BYTES.astype(float), "predictions have values from .*expected 0 to 1"),
        (2 * FRAMES - 1, FRAMES, "frames have values from -.*expected 0 to 1"),
        (FRAMES, FRAMES * np.nan, "predictions have values that are not finite"),
        (FRAMES, FRAMES[:1], r"of frames and predictions are \(3, .* and \(1, "),
        (FRAMES[0, :, :, 0], FRAMES, r"shape of frames is \(12, 12\); expected"),
        (FRAMES[:0], FRAMES[:0], "shape of frames is"),
    ],
)
def test_frames_that_are_not_comparable(compare, frames, predictions, message):
    with pytest.raises(InputError, match=message):
        compare(frames, predictions)


@every_comparison
def test_bytes_over_255_are_comparable(compare):
    value = compare(BYTES / 255, FRAMES)
    assert np.all(np.isfinite(value)) and np.all(value < 60)


def test_frames_too_small_or_too_few():
    small = FRAMES[:, :10]
    with pytest.raises(InputError, match=r"\(3, 10, 12, 1\); .* at least 11"):
        image_quality.ssim(small, small)
    with pytest.raises(InputError, match=r"expected \[B, \.\.\., H, W, C\]"):
        image_quality.ssim(FRAMES[0], FRAMES[0])
    with pytest.raises(InputError, match="Each of the frames is of one color"):
        image_quality.sharpness(np.full_like(FRAMES, 0.5), FRAMES)
    with pytest.raises(InputError, match="type of frames is uint8; expected floats"):
        image_quality.gradient_energy(BYTES)
    with pytest.raises(InputError, match="H and W at least 2"):
        image_quality.gradient_energy(FRAMES[:, :1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0],), "All 1 values are of one recording; expected values of at least"),
        (([1.0, 2.0], [4, 4]), "All 2 values are of one recording"),
        (([1.0, 2.0], [4]), "of values and groups are 2 and 1"),
        (([1.0, np.nan],), "Not all values of values are finite"),
        (([[1.0], [2.0]],), r"expected \[B\]"),
        (([],), "at least 1"),
    ],
)
def test_values_without_an_interval(arguments, message):
    with pytest.raises(InputError, match=message):
        image_quality.mean_interval(*arguments)


@pytest.mark.parametrize(
    ("items", "bank", "k", "message"),
    [
        (CODES, CODES, 9, "k is 9; expected at most 8"),
        (CODES, CODES, 0, "k is 0; expected at least 1"),
        (CODES, CODES[:, :1], 1, "of items and bank are .* but for the first axis"),
        (FRAMES, FRAMES.reshape(3, 6, 24, 1), 1, "of items and bank are"),
        (CODES[:0], CODES, 1, r"shape of items is \(0, 2\); expected at least 1"),
        (CODES, CODES * np.nan, 1, "values of bank are finite"),
        (FRAMES, BYTES, 1, None),
        (FRAMES * 255, BYTES, 1, "items have values from .*; expected 0 to 1"),
        (BYTES, BYTES.astype(int), 1, "bank are int64; expected floats"),
    ],
)
def test_neighbors_of_what_is_no_neighbor(items, bank, k, message):
    if message is None:
        assert nearest(items, bank, k)[0].max() < 12
        return
    with pytest.raises(InputError, match=message):
        nearest(items, bank, k)


def test_lists_have_neighbors_too():
    distances, indices = nearest([[0.0, 0.0]], [[9.0, 9.0], [3.0, 4.0]])
    assert (distances.tolist(), indices.tolist()) == ([[5.0]], [[1]])
    with pytest.raises(InputError, match="of items and bank are"):
        memorization_ratio(FRAMES, FRAMES, FRAMES[:, :6])


LABELS = np.arange(8) % 2


@pytest.mark.parametrize("probe", [probe_factor, probe_quantity])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({0: CODES[:, 0]}, r"shape of train_codes is \(8,\); expected \[N, D\]"),
        ({2: CODES[:, :1]}, "of train_codes and test_codes are .* but for the first"),
        ({0: CODES * np.nan}, "values of train_codes are finite"),
        ({2: CODES[:0]}, r"shape of test_codes is \(0, 2\)"),
        ({1: LABELS[:5]}, "of train_codes and train_.* are 8 and 5"),
        ({3: LABELS[:5]}, "of test_codes and test_.* are 8 and 5"),
        ({1: LABELS[:, None]}, r"shape of train_.* is \(8, 1\); expected \[N\]"),
        ({1: LABELS * 0 + 3}, "All of train_.* are 3; expected at least two"),
    ],
)
def test_codes_that_cannot_be_probed(probe, changes, message):
    arguments = [CODES, LABELS, CODES, LABELS]
    for place, value in changes.items():
        arguments[place] = value
    with pytest.raises(InputError, match=message):
        probe(*arguments)


def test_labels_are_whole_and_quantities_vary():
    with pytest.raises(InputError, match=r"train_labels is 0\.5; expected whole"):
        probe_factor(CODES, LABELS / 2, CODES, LABELS)
    with pytest.raises(InputError, match=r"All of test_values are 1\.0"):
        probe_quantity(CODES, LABELS, CODES, np.ones(8))
    as_ints, as_bools = (probe_factor(CODES, x, CODES, x) for x in (LABELS, LABELS > 0))
    assert as_ints == as_bools


@pytest.mark.parametrize("labels", [[], [[0, 1], [0, 1]]])
def test_chance_is_of_labels(labels):
    with pytest.raises(InputError, match="shape of labels is"):
        chance(labels)
