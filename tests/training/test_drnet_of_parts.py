"""DrNet of parts: what the two encoders share is trained, saved and restored once."""

import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.data.load import load_dataset
from keras_drnet.errors import InputError
from keras_drnet.losses import drnet_losses
from keras_drnet.models.localizer import build_localizer
from keras_drnet.models.networks import Networks, build_networks
from keras_drnet.models.part_encoders import (
    build_part_content_encoder,
    build_part_pose_encoder,
)
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.stages import train_stage
from tests.support.networks import LAYERED, PARTS, RICH_PARTS, lively_networks

RATE = 0.1


@pytest.fixture
def config(tiny):
    return tiny.with_overrides(PARTS)


@pytest.fixture
def batch(config):
    return next(iter(load_dataset(config, "train")))


def make_drnet(networks, optimizer=keras.optimizers.SGD, **weights):
    drnet = DrNet(networks, adversarial_weight=0.1, **weights)
    drnet.compile(optimizer(RATE), optimizer(RATE))
    return drnet


def localizer_of(encoder):
    return encoder.get_layer("localizer")


def arrays(model):
    return [np.array(w) for w in model.trainable_variables]


def test_no_variable_is_trained_twice(config):
    drnet = make_drnet(build_networks(config), keras.optimizers.Adam)
    trained = [id(variable) for variable in drnet.feature_variables]
    assert len(trained) == len(set(trained))
    # Adam has two variables for each, a step and a rate.
    assert len(drnet.optimizer.variables) == 2 * len(trained) + 2
    counted = [id(variable) for variable in drnet.trainable_variables]
    assert len(counted) == len(set(counted)) and set(trained) < set(counted)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_a_step_moves_what_is_shared_by_the_gradient_of_the_pose(config, batch):
    """Compared with encoders that have a localizer each, equal at first."""
    shared = lively_networks(config)
    model = config.model
    own = [
        build_localizer(32, 3, model.num_parts, model.localizer_filters) for _ in "12"
    ]
    apart = Networks(
        build_part_content_encoder(own[0], 16, model.content_dim, model.num_filters),
        build_part_pose_encoder(own[1], 16, model.pose_dim, model.num_filters),
        keras.models.clone_model(shared.decoder),
        keras.models.clone_model(shared.scene_discriminator),
    )
    for name in ("content_encoder", "pose_encoder", "decoder", "scene_discriminator"):
        getattr(apart, name).set_weights(getattr(shared, name).get_weights())
    before = arrays(own[0])
    for networks in (shared, apart):
        make_drnet(networks).train_step(batch)
    moved = [
        [new - old for new, old in zip(arrays(localizer), before, strict=True)]
        for localizer in (localizer_of(shared.pose_encoder), *own)
    ]
    for both, content, pose in zip(*moved, strict=True):
        np.testing.assert_allclose(both, pose, rtol=1e-3, atol=1e-6)
        assert not np.any(content)
    kernels = [v.name == "kernel" for v in own[1].trainable_variables]
    assert all(np.any(d) for d, kernel in zip(moved[0], kernels, strict=True) if kernel)


def test_saved_and_loaded_it_still_shares_and_goes_on(config, batch, tmp_path):
    drnet = make_drnet(build_networks(config), keras.optimizers.Adam)
    drnet.train_step(batch)
    drnet.save(tmp_path / "drnet.keras")
    loaded = keras.saving.load_model(tmp_path / "drnet.keras")
    assert localizer_of(loaded.content_encoder) is localizer_of(loaded.pose_encoder)
    for model in (drnet, loaded):
        model.train_step(batch)
    for own, other in zip(arrays(drnet), arrays(loaded), strict=True):
        np.testing.assert_array_equal(own, other)


def test_content_is_read_from_several_frames(tiny):
    config = tiny.with_overrides([*RICH_PARTS, "drnet.steadiness_weight=0.1"])
    batch = next(iter(load_dataset(config, "train")))
    assert batch["content_1"].shape == batch["content_2"].shape == (4, 2, 32, 32, 3)
    assert batch["pose_1"].shape == batch["pose_before"].shape == (4, 32, 32, 3)
    networks = lively_networks(config)
    visibility = networks.content_encoder.get_layer("visibility")
    before = arrays(visibility)
    make_drnet(networks).train_step(
        {name: tf.constant(frames) for name, frames in batch.items()}
    )
    for old, new in zip(before[:1], arrays(visibility), strict=False):
        assert not np.array_equal(old, new)


def test_decorrelation_is_that_of_the_positions_of_both_frames(tiny):
    config = tiny.with_overrides(RICH_PARTS)
    batch = next(iter(load_dataset(config, "train")))
    drnet = make_drnet(lively_networks(config), decorrelation_weight=0.5)
    plain = make_drnet(lively_networks(config))
    terms, _ = drnet.compute_losses(batch, training=False)
    without, _ = plain.compute_losses(batch, training=False)
    positions = np.concatenate(
        [localizer_of(drnet.pose_encoder)(batch[n]) for n in ("pose_1", "pose_2")]
    )
    expected = drnet_losses.decorrelation_loss(positions)
    np.testing.assert_allclose(terms["decorrelation"], expected, rtol=1e-4)
    np.testing.assert_allclose(
        terms["loss"], without["loss"] + 0.5 * terms["decorrelation"], rtol=1e-5
    )
    assert "decorrelation" in drnet.train_step(batch)


def test_decorrelation_needs_parts(tiny):
    with pytest.raises(InputError, match="has 0 parts; expected at least 2"):
        make_drnet(build_networks(tiny), decorrelation_weight=0.5)


def test_weights_of_losses_are_kept(config):
    names = ("similarity", "steadiness", "decorrelation")
    weights = {f"{name}_weight": i / 8 for i, name in enumerate(names)}
    drnet = make_drnet(build_networks(config), **weights)
    loaded = DrNet.from_config(drnet.get_config())
    assert loaded.get_config().items() >= weights.items()


@pytest.mark.parametrize("overrides", [RICH_PARTS, LAYERED], ids=["parts", "layered"])
@pytest.mark.parametrize("adversarial_positions", [True, False])
def test_positions_can_be_left_to_reconstruction(
    tiny, overrides, adversarial_positions
):
    config = tiny.with_overrides(overrides)
    batch = next(iter(load_dataset(config, "train")))
    networks = lively_networks(config)
    drnet = make_drnet(networks, adversarial_positions=adversarial_positions)
    assert drnet.get_config()["adversarial_positions"] == adversarial_positions
    with tf.GradientTape(persistent=True) as tape:
        losses, contrasted = drnet.compute_losses(batch, training=True)
        losses = drnet.add_adversarial_loss(losses, contrasted)
    places = localizer_of(networks.pose_encoder).get_layer("pose").kernel.value
    residuals = networks.pose_encoder.get_layer("part_residual_conv").kernel.value
    seen = tape.gradient(losses["adversarial"], [places, residuals])
    drawn = tape.gradient(losses["reconstruction"], [places, residuals])
    assert np.any(0 if seen[0] is None else seen[0]) == adversarial_positions
    assert np.any(seen[1]) and np.any(drawn[0]) and np.any(drawn[1])


def test_other_poses_have_no_positions_to_leave_out(tiny):
    with pytest.raises(InputError, match="adversarial_positions is false, but the pos"):
        make_drnet(build_networks(tiny), adversarial_positions=False)


def test_two_parts_on_one_object_come_apart(config, batch):
    """Where reconstruction alone has a gradient on neither."""
    drnet = make_drnet(build_networks(config), decorrelation_weight=1.0)
    localizer = localizer_of(drnet.pose_encoder)
    head = localizer.get_layer("pose")
    kernel, bias = head.get_weights()
    # The second part has the first one's weights, but for a thousandth.
    noise = 1e-3 * np.random.default_rng(0).normal(size=kernel[:, :2].shape)
    kernel[:, 2:] = kernel[:, :2] + noise
    head.set_weights([kernel, bias])
    losses = [float(drnet.train_step(batch)["decorrelation"]) for _ in range(30)]
    assert losses[0] > 0.4 and losses[-1] < losses[0] / 2


def test_a_run_that_stopped_ends_with_the_same_weights(tiny, tmp_path):
    run = RunFolder(tmp_path / "run")
    run.create(tiny.with_overrides([*PARTS, "drnet.average_momentum=0.9"]))
    train_stage(run, "drnet")
    folder = run.path / "drnet"
    whole = {
        path.name: path.read_bytes()
        for path in (folder / "step_00000012").glob("*.npz")
    }
    shutil.rmtree(folder / "step_00000012")
    train_stage(run, "drnet")
    for name, content in whole.items():
        assert (folder / "step_00000012" / name).read_bytes() == content, name


def test_the_localizer_is_that_of_the_last_stage_that_trains_it(config, tmp_path):
    config = config.with_overrides(["joint.epochs=1"])
    run = RunFolder(tmp_path / "run")
    run.create(config)
    first, last = (lively_networks(config, seed=seed) for seed in (1, 2))
    for stage, networks in (("drnet", first), ("pose", first), ("joint", last)):
        run.checkpoints(stage).save(1, stage_weights(networks, stage), {})
    loaded = run.load_networks()
    assert localizer_of(loaded.content_encoder) is localizer_of(loaded.pose_encoder)
    for name, networks in (("pose_encoder", last), ("decoder", first)):
        for a, b in zip(
            arrays(getattr(loaded, name)), arrays(getattr(networks, name)), strict=True
        ):
            np.testing.assert_array_equal(a, b)
    code = [
        e.get_layer("part_content_conv").kernel
        for e in (loaded.content_encoder, first.content_encoder)
    ]
    np.testing.assert_array_equal(*code)
