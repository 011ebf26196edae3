"""Stage `rollout`: long roll-outs among real poses, each player moved by its loss."""

import dataclasses
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.config.stages import RolloutConfig
from keras_drnet.data.load import load_dataset
from keras_drnet.errors import InputError
from keras_drnet.models import pose_rollout
from keras_drnet.models.pose_discriminator import build_pose_discriminator
from keras_drnet.training.rollout_refiner import RolloutRefiner
from keras_drnet.training.stages import train_stage
from tests.support.networks import lively_networks, save_run

NUM_PAST, CLIP_LENGTH = 3, 8  # Of the tiny preset.


@pytest.fixture
def networks(tiny):
    return lively_networks(tiny)


@pytest.fixture
def codes(tiny, networks):
    batches = make_refiner(networks).encode_batches(load_dataset(tiny, "train", "pose"))
    return next(iter(batches))


def make_refiner(networks, *, rate=1e-2, discriminator_rate=1e-2, **kwargs):
    keras.utils.set_random_seed(0)
    refiner = RolloutRefiner(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        build_pose_discriminator(4, 16),
        num_past=NUM_PAST,
        **{"rollout_length": 20, **kwargs},
    )
    refiner.compile(
        keras.optimizers.SGD(rate), keras.optimizers.SGD(discriminator_rate)
    )
    refiner.match_normalization()
    return refiner


def weights(model):
    return [np.array(v) for v in model.weights]


def is_same(before, model):
    return all(np.array_equal(a, b) for a, b in zip(before, model.weights, strict=True))


@pytest.mark.parametrize("length", [8, 9, 16, 17, 24, 37])
def test_the_roll_out_in_parts_is_the_whole(networks, codes, length):
    refiner = make_refiner(networks, rollout_length=length)
    expected = pose_rollout.observe_and_continue(
        networks.pose_lstm,
        codes["poses"][:, :NUM_PAST],
        codes["content"],
        length - NUM_PAST,
    )
    rollout = refiner.roll_out(codes["poses"], codes["content"])
    assert rollout.shape == (4, length - 1, 4)
    np.testing.assert_allclose(rollout, expected, atol=1e-5)


def test_the_gradient_goes_back_one_clip(networks, codes):
    refiner = make_refiner(networks, rollout_length=30)
    poses = tf.constant(codes["poses"])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(poses)
        rollout = refiner.roll_out(poses, codes["content"])
        of_clip = rollout[:, CLIP_LENGTH - 2]
        beyond = rollout[:, CLIP_LENGTH - 1 :]
    assert np.any(tape.gradient(of_clip, poses) != 0)
    assert np.all(tape.gradient(beyond, poses) == 0)
    lstm = networks.pose_lstm.trainable_variables
    with tf.GradientTape() as tape:
        last = refiner.roll_out(poses, codes["content"])[:, -1]
    assert all(np.any(g != 0) for g in tape.gradient(last, lstm))


@pytest.mark.parametrize(
    ("absolute_error", "size"), [(False, np.square), (True, np.abs)]
)
def test_losses_at_a_discriminator_that_knows_nothing(
    networks, codes, absolute_error, size
):
    refiner = make_refiner(
        networks, adversarial_weight=0.25, absolute_error=absolute_error
    )
    for weight in refiner.pose_discriminator.trainable_variables:
        weight.assign(tf.zeros_like(weight))
    rollout = refiner.roll_out(codes["poses"], codes["content"])
    losses = refiner.compute_losses(codes["poses"], rollout)
    scale = networks.pose_lstm.get_layer("pose_range").scale
    errors = (codes["poses"][:, 1:] - rollout[:, : CLIP_LENGTH - 1]) / scale
    np.testing.assert_allclose(losses["adversarial"], np.log(2), rtol=1e-6)
    np.testing.assert_allclose(
        losses["loss"], np.mean(size(errors)) + 0.25 * np.log(2), rtol=1e-5
    )
    np.testing.assert_allclose(
        refiner.discriminator_loss(codes["poses"], rollout), np.log(2), rtol=1e-6
    )


def test_each_player_is_moved_by_its_own_step_alone(networks, codes):
    batch = tf.data.Dataset.from_tensors(codes).repeat()
    frozen = (networks.content_encoder, networks.pose_encoder)
    before = [weights(network) for network in frozen]
    lstm = weights(networks.pose_lstm)
    refiner = make_refiner(networks, rate=0.0)
    discriminator = weights(refiner.pose_discriminator)
    refiner.fit(batch, steps_per_epoch=2, verbose=0)
    assert is_same(lstm, networks.pose_lstm)
    assert not is_same(discriminator, refiner.pose_discriminator)
    refiner = make_refiner(networks, discriminator_rate=0.0)
    discriminator = weights(refiner.pose_discriminator)
    refiner.fit(batch, steps_per_epoch=2, verbose=0)
    assert not is_same(lstm, networks.pose_lstm)
    assert is_same(discriminator, refiner.pose_discriminator)
    assert all(is_same(old, net) for old, net in zip(before, frozen, strict=True))


def test_the_adversarial_loss_reaches_beyond_the_clip(networks, codes):
    lengths = []
    for rollout_length in (CLIP_LENGTH, 40):
        refiner = make_refiner(
            networks, rollout_length=rollout_length, adversarial_weight=1.0
        )
        rollout = refiner.roll_out(codes["poses"], codes["content"])
        lengths.append(len(refiner.discriminate(refiner.predicted(rollout))))
    # Pairs of the poses after the observed ones.
    assert lengths == [4 * (n - NUM_PAST - 1) for n in (CLIP_LENGTH, 40)]


def test_the_discriminator_learns_to_tell_movement_from_rest(networks):
    refiner = make_refiner(networks)
    rng = np.random.default_rng(0)
    optimizer = keras.optimizers.Adam(1e-2)
    for _ in range(200):
        moving = np.cumsum(rng.normal(size=(16, 6, 4)), axis=1).astype("float32")
        resting = np.repeat(moving[:, :1], 6, axis=1)
        with tf.GradientTape() as tape:
            real, fake = refiner.discriminate(moving), refiner.discriminate(resting)
            loss = tf.reduce_mean(tf.nn.softplus(-real) + tf.nn.softplus(fake))
        variables = refiner.pose_discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
    accuracy = 0.5 * (np.mean(real > 0) + np.mean(fake < 0))
    assert accuracy > 0.9


def with_rollout(config, epochs=1):
    rollout = RolloutConfig(
        epochs=epochs, steps_per_epoch=2, batch_size=4, rollout_length=10
    )
    return dataclasses.replace(config, rollout=rollout)


def test_a_roll_out_is_at_least_as_long_as_a_clip(tiny):
    with pytest.raises(InputError, match="rollout_length is 7, but clips .* 8 frames"):
        tiny.with_overrides(["rollout.rollout_length=7", "rollout.epochs=1"])
    tiny.with_overrides(["rollout.rollout_length=8", "rollout.epochs=1"])


def test_no_epochs_are_no_stage(tiny, tmp_path):
    run = RunFolder(tmp_path / "plain")
    run.create(tiny)
    assert run.stages() == ("drnet", "pose")
    run = RunFolder(tmp_path / "refined")
    run.create(with_rollout(tiny))
    assert run.stages() == ("drnet", "pose", "rollout")


def test_a_run_is_loaded_as_its_last_stage_left_it(tiny, tmp_path):
    run = save_run(tmp_path / "run", with_rollout(tiny), lively_networks(tiny, seed=0))
    refined = lively_networks(tiny, seed=1).pose_lstm
    run.checkpoints("rollout").save(2, {"pose_lstm": refined.weights}, {})
    assert is_same(weights(refined), run.load_networks().pose_lstm)
    copy = release(run, tmp_path / "released")
    assert not (copy.path / "pose").exists()
    for a, b in zip(
        refined.weights, copy.load_networks().pose_lstm.weights, strict=True
    ):
        np.testing.assert_allclose(a, b, atol=2e-3)  # Kept in float16.


def test_a_run_that_stopped_ends_with_the_same_weights(tiny, tmp_path):
    networks = lively_networks(tiny)
    run = RunFolder(tmp_path / "run")
    run.create(with_rollout(tiny, epochs=2))
    run.checkpoints("drnet").save(12, stage_weights(networks, "drnet"), {})
    run.checkpoints("pose").save(6, stage_weights(networks, "pose"), {})
    train_stage(run, "rollout")
    whole = weights(run.load_networks().pose_lstm)
    shutil.rmtree(run.path / "rollout" / "step_00000004")
    assert not is_same(whole, run.load_networks().pose_lstm)
    train_stage(run, "rollout")
    assert is_same(whole, run.load_networks().pose_lstm)


def test_it_needs_the_stage_before(tiny, tmp_path):
    run = save_run(tmp_path / "run", with_rollout(tiny), lively_networks(tiny))
    with pytest.raises(InputError, match="Stage 'drnet' .* has 1 of 12 steps"):
        train_stage(run, "rollout")
