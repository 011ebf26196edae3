"""MCNet: who moves whom, what it learns, and what it predicts from."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.checkpoints.checkpoint import Checkpoints
from keras_drnet.config.presets import PRESETS
from keras_drnet.errors import InputError
from keras_drnet.inference.mcnet_predictor import MCNetPredictor
from keras_drnet.losses import gan_losses
from keras_drnet.models import mcnet_rollout
from keras_drnet.models.mcnet_networks import build_mcnet_networks
from keras_drnet.models.networks import build_networks
from keras_drnet.training.mcnet import MCNet

MEANS = {
    "loss",
    "prediction",
    "gradient_difference",
    "adversarial",
    "real_error",
    "fake_error",
}
LEARNS = {"generator_learns", "discriminator_learns"}

# Networks and graphs take most of the time: one worker makes them for all tests.
pytestmark = pytest.mark.xdist_group("mcnet")


@pytest.fixture(scope="module")
def config():
    return PRESETS["tiny"]().with_overrides(
        ["method=mcnet", "data.num_past=3", "mcnet.num_future=2"]
    )


@pytest.fixture(scope="module")
def new_networks(config):
    """Networks and their first weights: building them is most of a test's time."""
    keras.utils.set_random_seed(0)
    networks = build_mcnet_networks(config)
    return networks, [network.get_weights() for network in vars(networks).values()]


@pytest.fixture
def networks(new_networks):
    networks, weights = new_networks
    for network, first in zip(vars(networks).values(), weights, strict=True):
        network.set_weights(first)
    return networks


@pytest.fixture
def video(rng):
    return tf.constant(rng.uniform(size=(3, 5, 32, 32, 3)), tf.float32)


def make_mcnet(networks, *, rate=1e-3, **kwargs):
    mcnet = MCNet(networks, num_past=3, num_future=2, **kwargs)
    mcnet.compile(keras.optimizers.Adam(rate), keras.optimizers.Adam(rate))
    return mcnet


@pytest.fixture
def mcnet(networks):
    return make_mcnet(networks)


def values(variables):
    return [np.array(v) for v in variables]


def same(before, after):
    return all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def generator_values(mcnet):
    return values(mcnet.generator_variables + mcnet.optimizer.variables)


def discriminator_values(mcnet):
    return values(
        mcnet.frame_discriminator.weights + mcnet.discriminator_optimizer.variables
    )


def test_roll_out_reads_the_differences_of_its_own_predictions(networks, video):
    past = video[:, :3]
    luma = tf.constant([0.2989, 0.587, 0.114])
    gray = tf.reduce_sum(past * luma, axis=-1, keepdims=True)
    zeros = tf.zeros((3, 4, 4, 16))
    state, frame, last_gray, expected = (zeros, zeros), past[:, 2], gray[:, 2], []
    for t in (1, 2):
        difference = gray[:, t] - gray[:, t - 1]
        motion, maps, state = networks.motion_encoder((difference, state))
    for _ in range(3):
        frame = networks.frame_generator((frame, motion, maps))
        next_gray = tf.reduce_sum(frame * luma, axis=-1, keepdims=True)
        motion, maps, state = networks.motion_encoder((next_gray - last_gray, state))
        last_gray = next_gray
        expected.append(frame)
    predicted = mcnet_rollout.roll_out(networks, past, 3)
    np.testing.assert_allclose(predicted, np.stack(expected, axis=1), atol=1e-5)


def test_gray_frames_are_their_own_gray(rng):
    frames = rng.uniform(size=(2, 4, 4, 1)).astype("float32")
    np.testing.assert_array_equal(mcnet_rollout.to_gray(frames), frames)


def test_the_future_is_not_looked_at_but_all_the_past_is(mcnet, video):
    # New gates let little through of what was read two steps ago.
    gates = mcnet.motion_encoder.get_layer("lstm_conv")
    gates.kernel.assign(30 * gates.kernel)
    predicted = np.array(mcnet(video))
    assert predicted.shape == (3, 2, 32, 32, 3)
    for t in range(5):
        other = np.array(video)
        other[:, t] = 1 - other[:, t]
        changed = np.abs(np.array(mcnet(other)) - predicted).max(axis=(0, 2, 3, 4))
        assert np.all(changed > 1e-4) if t < 3 else np.all(changed == 0)


@pytest.mark.parametrize(
    ("learning", "errors", "expected"),
    [
        # (discriminator, generator), (real, fake), (discriminator, generator)
        ((True, True), (0.5, 0.5), (True, True)),
        ((True, True), (0.2, 0.5), (False, True)),
        ((True, True), (0.5, 0.2), (False, True)),
        ((True, True), (0.8, 0.5), (True, False)),
        ((True, True), (0.5, 0.8), (True, False)),
        ((True, True), (0.3, 0.7), (True, True)),  # The bounds themselves are fine.
        ((False, True), (0.5, 0.5), (False, True)),  # Who stopped stays so.
        ((True, False), (0.5, 0.5), (True, False)),
        ((False, True), (0.2, 0.5), (False, True)),
        ((False, True), (0.5, 0.8), (True, True)),  # Both stopped: both go on.
        ((True, False), (0.2, 0.5), (True, True)),
        ((True, True), (0.2, 0.8), (True, True)),
        ((False, True), (np.nan, 0.5), (True, True)),
    ],
)
def test_who_learns_next(mcnet, learning, errors, expected):
    mcnet._discriminator_learns.assign(learning[0])
    mcnet._generator_learns.assign(learning[1])
    mcnet.choose_players(*map(tf.constant, errors))
    assert bool(mcnet._discriminator_learns) == expected[0]
    assert bool(mcnet._generator_learns) == expected[1]


def test_who_learns_is_kept_in_a_checkpoint(mcnet, networks, tmp_path):
    mcnet._discriminator_learns.assign(False)
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, {}, mcnet.extra_state)
    other = make_mcnet(networks)
    checkpoints.restore({}, other.extra_state)
    assert [bool(np.array(v)) for v in other.extra_state["gates"]] == [True, False]


def test_discriminator_step_moves_nothing_else(mcnet, video):
    generator, discriminator = generator_values(mcnet), discriminator_values(mcnet)
    mcnet.train_discriminator(video[:, :3], video[:, 3:], mcnet(video))
    assert same(generator, generator_values(mcnet))
    assert not same(discriminator, discriminator_values(mcnet))


def test_generator_step_moves_nothing_else(mcnet, video):
    generator, discriminator = generator_values(mcnet), discriminator_values(mcnet)
    tape = tf.GradientTape()
    with tape:
        predicted = mcnet(video)
    mcnet.train_generator(tape, video[:, :3], video[:, 3:], predicted)
    assert same(discriminator, discriminator_values(mcnet))
    changed = zip(generator, generator_values(mcnet), strict=True)
    assert sum(np.any(a != b) for a, b in changed) >= 0.95 * len(generator)


def test_generator_learns_against_the_discriminator_that_just_learned(networks, video):
    mcnet = make_mcnet(networks, rate=3e-3)
    predicted = mcnet(video)  # Before the generator's step.
    stale = gan_losses.generator_loss(mcnet.discriminate(video[:, :3], predicted))
    result = mcnet.train_step({"video": video})
    fresh = mcnet.discriminate(video[:, :3], predicted)
    np.testing.assert_allclose(
        result["adversarial"], gan_losses.generator_loss(fresh), rtol=1e-4
    )
    assert abs(float(stale - result["adversarial"])) > 1e-3
    real_error, fake_error = gan_losses.discriminator_errors(
        mcnet.discriminate(video[:, :3], video[:, 3:]), fresh
    )
    np.testing.assert_allclose(result["real_error"], real_error, rtol=1e-4)
    np.testing.assert_allclose(result["fake_error"], fake_error, rtol=1e-4)


def test_loss_is_the_weighted_sum(networks, video):
    mcnet = make_mcnet(networks, image_weight=0.7, adversarial_weight=0.3)
    losses = mcnet.generator_losses(video[:, :3], video[:, 3:], mcnet(video))
    expected = (
        0.7 * (losses["prediction"] + losses["gradient_difference"])
        + 0.3 * losses["adversarial"]
    )
    np.testing.assert_allclose(losses["loss"], expected, rtol=1e-6)


def test_discriminator_sees_the_frames_one_after_the_other(mcnet, video):
    seen = []
    mcnet.frame_discriminator = lambda clip: seen.append(clip)
    mcnet.discriminate(video[:, :3], video[:, 3:])
    (clip,) = seen
    assert clip.shape == (3, 32, 32, 15)
    for t in range(5):
        np.testing.assert_array_equal(clip[..., 3 * t : 3 * t + 3], video[:, t])


def test_evaluation_changes_nothing(mcnet, video):
    before = generator_values(mcnet) + discriminator_values(mcnet)
    clips = tf.concat([video, video[:, :1]], axis=1)  # One frame too many.
    assert set(mcnet.test_step({"video": clips})) == MEANS
    assert same(before, generator_values(mcnet) + discriminator_values(mcnet))
    assert all(np.array(gate) for gate in mcnet.extra_state["gates"])


def test_clips_that_are_too_short_are_refused(mcnet, networks, config, video):
    with pytest.raises(InputError, match="have 4 frames; expected at least 5"):
        mcnet.train_step({"video": video[:, :4]})
    with pytest.raises(InputError, match="at least 2 observed"):
        MCNet(networks, num_past=1, num_future=2)
    with pytest.raises(InputError, match="at least 2 observed"):
        build_networks(config.with_overrides(["data.num_past=1"]))
    with pytest.raises(InputError, match="power of two"):
        build_networks(config.with_overrides(["data.image_size=40"]))


def test_adapted_it_starts_from_the_mean_color_of_the_batches_it_saw(mcnet, video):
    frame_conv = mcnet.frame_generator.get_layer("frame_conv")
    frame_conv.kernel.assign(tf.zeros_like(frame_conv.kernel))
    np.testing.assert_allclose(mcnet(video), 0.5)  # The authors' start.
    colors = np.float32([[0.2, 0.0, 0.7], [0.4, 0.0, 0.9], [1.0, 1.0, 1.0]])
    batches = [tf.broadcast_to(color, (3, 5, 32, 32, 3)) for color in colors]
    dataset = tf.data.Dataset.from_tensor_slices({"video": tf.stack(batches)})
    mcnet.adapt(dataset, steps=2)
    expected = np.broadcast_to([0.3, 1 / 255, 0.8], (3, 2, 32, 32, 3))
    np.testing.assert_allclose(mcnet(video), expected, atol=5e-4)


def moving_squares():
    """A bright square on its way to the right, and one down: `[2, 5, 32, 32, 3]`."""
    clips = np.zeros((2, 5, 32, 32, 3), np.float32)
    for t, place in enumerate(range(6, 21, 3)):
        clips[0, t, 12:20, place : place + 8] = 1
        clips[1, t, place : place + 8, 12:20] = 1
    return clips


@pytest.fixture(scope="module")
def trained(config):
    """`(mcnet, step, losses)`: one graph for all tests of what happens in graphs."""
    keras.utils.set_random_seed(0)
    networks = build_mcnet_networks(config.with_overrides(["model.num_filters=12"]))
    mcnet = make_mcnet(networks)
    graph = tf.function(mcnet.train_step)

    def step():
        mcnet.reset_metrics()
        result = graph({"video": tf.constant(moving_squares())})
        return {name: float(value) for name, value in result.items()}

    return mcnet, step, [step() for _ in range(60)]


def test_learns_where_squares_go(trained):
    mcnet, _, history = trained
    assert set(history[0]) == MEANS | LEARNS
    assert history[-1]["prediction"] < 0.1 * history[0]["prediction"]
    clips = moving_squares()
    error = np.mean(np.square(clips[:, 3:] - mcnet(clips)), axis=(0, 2, 3, 4))
    still = np.mean(np.square(clips[:, 3:] - clips[:, 2:3]), axis=(0, 2, 3, 4))
    assert np.all(error < 0.5 * still)


def test_a_skipped_player_does_not_move(trained):
    mcnet, step, _ = trained
    read = {"generator": generator_values, "discriminator": discriminator_values}
    for skipped in read:
        for name in read:
            getattr(mcnet, f"_{name}_learns").assign(name != skipped)
        before = {name: values_of(mcnet) for name, values_of in read.items()}
        result = step()
        for name, values_of in read.items():
            assert same(before[name], values_of(mcnet)) == (name == skipped)
            assert result[f"{name}_learns"] == (name != skipped)


def test_mixed_precision_predicts_like_float32(config, networks, video):
    mixed = build_mcnet_networks(config, dtype="mixed_bfloat16")
    for name in vars(networks):
        getattr(mixed, name).set_weights(getattr(networks, name).get_weights())
    assert mixed.frame_generator.get_layer("combination1").compute_dtype == "bfloat16"
    frames = make_mcnet(mixed, dtype="mixed_bfloat16")(video)
    assert frames.dtype == tf.float32
    memory = mcnet_rollout.observe(mixed, video)
    assert {x.dtype for x in memory[-1]} == {tf.float32}
    np.testing.assert_allclose(frames, make_mcnet(networks)(video), atol=0.02)


def test_float16_scales_both_losses_and_keeps_what_overflows_out(config, video):
    networks = build_mcnet_networks(config, dtype="mixed_float16")
    mcnet = make_mcnet(networks, dtype="mixed_float16")
    for optimizer in (mcnet.optimizer, mcnet.discriminator_optimizer):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    result = mcnet.train_step({"video": video})
    assert all(np.isfinite(value) for value in result.values())
    before = values(mcnet.weights[:10])
    mcnet.train_step({"video": video * np.inf})
    assert same(before, values(mcnet.weights[:10]))


@pytest.fixture
def predictor(networks):
    return MCNetPredictor(networks)


def test_prediction_is_the_roll_out(predictor, networks, video):
    past = video[:, :3]
    predicted = predictor.predict(past, 4)
    assert predicted.shape == (3, 4, 32, 32, 3)
    assert predicted.dtype == np.float32
    assert predicted.min() >= 0 and predicted.max() <= 1
    np.testing.assert_allclose(
        predicted, mcnet_rollout.roll_out(networks, past, 4), atol=1e-5
    )
    streamed = list(itertools.islice(predictor.stream(past), 4))
    np.testing.assert_array_equal(np.stack(streamed, axis=1), predicted)
    alone = predictor.predict(past[1:2], 4)
    np.testing.assert_allclose(alone[0], predicted[1], atol=1e-5)
    assert predictor.predict(past, 0).shape == (3, 0, 32, 32, 3)


@pytest.mark.parametrize("num_future", [0, 1])
def test_one_observed_frame_is_too_few(predictor, video, num_future):
    with pytest.raises(InputError, match="num_past is 1.*at least 2"):
        predictor.predict(video[:, :1], num_future)
    with pytest.raises(InputError, match=r"expected \[B, num_past, 32, 32, 3\]"):
        predictor.predict(video[:, :3, :16], num_future)
