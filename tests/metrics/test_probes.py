"""Probes and scene discriminators on codes with known content."""

import warnings

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.data.clip_source import ClipSource
from keras_drnet.data.factors import Factor
from keras_drnet.data.load import load_source
from keras_drnet.errors import InputError
from keras_drnet.evaluation import codes as codes_lib
from keras_drnet.evaluation import disentanglement
from keras_drnet.evaluation.scene_probe import _draw_pairs, fresh_scene_accuracy
from keras_drnet.metrics.probes import chance, probe_factor, probe_quantity
from keras_drnet.models.networks import build_networks


def labels_and_codes(rng, count, *, noise=0.1):
    labels = rng.integers(0, 4, count)
    return np.eye(4)[labels] + rng.normal(0, noise, (count, 4)), labels


def test_probes_predict_what_codes_contain(rng):
    scores = probe_factor(*labels_and_codes(rng, 200), *labels_and_codes(rng, 100))
    assert scores == {"linear": 1.0, "mlp": 1.0}


def test_only_the_network_predicts_a_nonlinear_factor(rng):
    codes = rng.uniform(-1, 1, (900, 2))
    labels = (codes[:, 0] * codes[:, 1] > 0).astype(int)
    scores = probe_factor(codes[:600], labels[:600], codes[600:], labels[600:])
    assert scores["linear"] < 0.65 and scores["mlp"] > 0.9
    values = codes[:, 0] * codes[:, 1]
    scores = probe_quantity(codes[:600], values[:600], codes[600:], values[600:])
    assert scores["linear"] < 0.2 and scores["mlp"] > 0.8


def test_random_codes_give_chance_without_warnings(rng):
    train, test = (rng.choice(3, n, p=[0.6, 0.2, 0.2]) for n in (300, 200))
    values = rng.normal(size=500)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for width in (1, 5):
            codes = np.zeros((500, width), np.float32)
            scores = probe_factor(codes[:300], train, codes[300:], test)
            assert scores["linear"] == scores["mlp"] == chance(test)
            scores = probe_quantity(
                codes[:300], values[:300], codes[300:], values[300:]
            )
            assert abs(scores["linear"]) < 0.05 and abs(scores["mlp"]) < 0.05


def test_quantities_are_predicted_in_any_unit(rng):
    codes = rng.normal(size=(300, 3))
    values = 1e6 + 1e4 * codes @ [1, -2, 0.5]
    scores = probe_quantity(codes[:200], values[:200], codes[200:], values[200:])
    assert scores["linear"] > 0.99 and scores["mlp"] > 0.95


def test_chance_is_the_frequency_of_the_commonest_label():
    assert chance(np.array([2, 0, 2, 2])) == 0.75


def walks(rng, num_clips, *, of_clip):
    """Poses that are a new number in each frame, or one and the same in a clip."""
    shape = (num_clips, 1 if of_clip else 4, 3)
    return np.broadcast_to(rng.normal(size=shape), (num_clips, 4, 3))


@pytest.mark.parametrize("of_clip", [False, True])
def test_a_fresh_discriminator_detects_poses_that_reveal_their_clip(rng, of_clip):
    poses = [walks(rng, 300, of_clip=of_clip) for _ in range(2)]
    clips = np.arange(300)
    accuracy = fresh_scene_accuracy(poses[0], clips, poses[1], clips, num_steps=250)
    assert accuracy > 0.9 if of_clip else abs(accuracy - 0.5) < 0.03


@settings(max_examples=20, deadline=None)
@given(
    clips=st.lists(st.integers(0, 3), min_size=2, max_size=9).filter(
        lambda clips: len(set(clips)) > 1
    ),
    num_times=st.integers(2, 4),
    seed=st.integers(0, 99),
)
def test_pairs_are_of_one_window_or_of_two_clips(clips, num_times, seed):
    clips = np.array(clips)
    names = np.arange(len(clips) * num_times).reshape(len(clips), num_times, 1)
    pairs = _draw_pairs(np.random.default_rng(seed), names, clips, 50)
    pose, same, different = (names[:, 0] for names in pairs)
    assert np.all(pose // num_times == same // num_times) and np.all(pose != same)
    assert np.all(clips[pose // num_times] != clips[different // num_times])


@pytest.mark.parametrize("shape", [(3, 1, 2), (3, 4, 2)])
def test_too_few_clips_or_frames_for_pairs_are_refused(rng, shape):
    with pytest.raises(InputError, match="frames of 1 clips. Expected at least 2"):
        _draw_pairs(rng, np.zeros(shape), np.zeros(3), 5)


def test_a_sample_is_of_the_frames_that_its_factors_say(tiny):
    source = load_source(tiny, "test")
    indices, is_test = codes_lib.choose_halves(source, 70)
    assert len(indices) == 70 and is_test.sum() == 35
    ids = source.digit_ids(tf.constant(indices)).numpy()
    assert not set(ids[is_test].ravel()) & set(ids[~is_test].ravel())
    sample = codes_lib.read_sample(source, indices, max_step=tiny.data.max_step, seed=0)
    assert sample.frames.shape == (70, 4, 32, 32, 3)
    expected = source.frames(indices, sample.times).numpy() * 255
    np.testing.assert_allclose(sample.frames, expected, atol=0.51)
    corners = source.positions(tf.constant(indices)).numpy()
    found = np.take_along_axis(corners, sample.times[:, :, None, None], axis=1)
    np.testing.assert_array_equal(sample.factors["y_1"].values, found[:, :, 0, 0])


def test_codes_are_those_of_the_frames(tiny, rng):
    networks = build_networks(tiny)
    frames = rng.integers(0, 256, (90, 3, 32, 32, 3), dtype=np.uint8)
    for encoder in (networks.content_encoder, networks.pose_encoder):
        codes = codes_lib.encode(encoder, frames)
        one = encoder(frames[80:81, 2] / 255.0, training=False)
        one = one[0] if isinstance(one, tuple) else one
        np.testing.assert_allclose(codes[80, 2], one[0], atol=1e-5)
        assert codes.shape == (90, 3, one.shape[-1])


@pytest.fixture
def known(rng):
    """60 clips of three frames: an object in two clips, each of three views."""
    who = np.arange(60) % 6
    phase = rng.integers(0, 8, (60, 3))
    height = rng.normal(size=(60, 3))
    factors = {
        "who": Factor(who, "static", tuple("abcdef")),
        "clip": Factor(np.arange(60), "static", tuple(map(str, range(60)))),
        "same": Factor(np.zeros(60, int), "static", ("one",)),
        "phase": Factor(phase, "dynamic", tuple(map(str, range(8)))),
        "height": Factor(height, "dynamic"),
        "still": Factor(np.zeros((60, 3)), "dynamic"),
    }
    codes = {
        "content": np.repeat(np.eye(6)[who][:, None], 3, axis=1),
        "pose": np.concatenate([np.eye(8)[phase], height[..., None]], axis=-1),
    }
    return codes, factors


def test_codes_are_probed_for_static_and_dynamic_factors(known):
    codes, factors = known
    of_classes, of_quantities = disentanglement.probe_codes(
        codes, factors, np.arange(60) >= 30
    )
    assert set(of_quantities) == {"height"}  # What never varies can't be asked for.
    assert of_quantities["height"]["pose"]["linear"] > 0.99
    assert of_quantities["height"]["content"]["linear"] < 0.2
    assert of_classes["who"]["content"] == {"linear": 1.0, "mlp": 1.0}
    assert of_classes["who"]["classes"] == 6 and of_classes["who"]["chance"] == 1 / 6
    assert of_classes["who"]["pose"]["linear"] < 0.4
    assert of_classes["phase"]["pose"]["linear"] == 1.0
    assert of_classes["phase"]["kind"] == "dynamic"
    # Each clip is in one half only, so it is asked for among the eighths of the turn.
    assert of_classes["clip"]["classes"] > 40
    assert "same" not in of_classes
    del factors["phase"]
    assert set(disentanglement.probe_codes(codes, factors, np.arange(60) >= 30)[0]) == {
        "who"
    }


def test_true_poses_are_the_dynamic_factors(known):
    codes, factors = known
    poses = disentanglement.true_poses(factors, 3)
    np.testing.assert_array_equal(poses[..., :-1], codes["pose"])
    assert disentanglement.true_poses({"who": factors["who"]}, 3) is None


def test_sources_without_factors_are_divided_by_index():
    class Unlabeled(ClipSource):
        def frames(self, indices, times):
            raise AssertionError("no frame is needed")

    indices, is_test = codes_lib.choose_halves(Unlabeled(), 10)
    assert len(set(indices)) == 10 and is_test.sum() == 5
