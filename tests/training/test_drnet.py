"""DrNet's training step: who moves whom, and that it learns."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data.load import load_dataset
from keras_drnet.errors import InputError
from keras_drnet.losses.objectives import OBJECTIVES
from keras_drnet.models.networks import build_networks
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.fit import stacked
from keras_drnet.training.optimizers import make_adversarial_weight
from keras_drnet.training.weight_average import WeightAverage
from tests.support.networks import lively_networks

LOSSES = {
    "loss",
    "reconstruction",
    "similarity",
    "adversarial",
    "scene_discriminator",
    "scene_accuracy",
}


def make_drnet(config, *, dtype="float32", build=build_networks, **kwargs):
    drnet = DrNet(build(config, dtype=dtype), dtype=dtype, **kwargs)
    drnet.compile(keras.optimizers.Adam(2e-3), keras.optimizers.Adam(2e-3))
    return drnet


def test_the_networks_may_be_given_one_by_one(tiny):
    networks = build_networks(tiny)
    names = ("content_encoder", "pose_encoder", "decoder", "scene_discriminator")
    parts = {name: getattr(networks, name) for name in names}
    whole = DrNet(networks)
    for other in (DrNet(*parts.values()), DrNet(**parts)):
        for name in names:
            assert getattr(other, name) is getattr(whole, name) is parts[name]
        assert other.adversarial.adversary is networks.scene_discriminator


@pytest.fixture
def drnet(tiny):
    return make_drnet(tiny, similarity_weight=0.01, adversarial_weight=0.1)


@pytest.fixture
def batch(tiny):
    return next(iter(load_dataset(tiny, "train")))


def values(network):
    return [np.array(v) for v in network.weights]


def unchanged(before, network):
    return all(
        np.array_equal(a, b) for a, b in zip(before, values(network), strict=True)
    )


def check_only_the_pose_encoder_has(drnet, gradients):
    pose = {id(v) for v in drnet.pose_encoder.trainable_variables}
    for variable, gradient in zip(drnet.feature_variables, gradients, strict=True):
        assert (gradient is not None) == (id(variable) in pose)


def test_autoencoder_step_moves_no_discriminator_weight(drnet, batch):
    before = values(drnet.scene_discriminator)
    moving = (drnet.content_encoder, drnet.pose_encoder, drnet.decoder)
    others = [values(network) for network in moving]
    drnet.train_features(batch)
    assert unchanged(before, drnet.scene_discriminator)
    assert not any(map(unchanged, others, moving))


def test_discriminator_step_moves_nothing_else(drnet, batch):
    _, poses = drnet.train_features(batch)
    still = (drnet.content_encoder, drnet.pose_encoder, drnet.decoder)
    before = [values(network) for network in still]
    discriminator = values(drnet.scene_discriminator)
    drnet.train_adversary(poses)
    assert all(map(unchanged, before, still))
    assert not unchanged(discriminator, drnet.scene_discriminator)


def test_adversarial_term_alone_moves_only_the_pose_encoder(drnet, batch):
    drnet.scene_discriminator.set_weights(
        [0.5 * np.ones_like(w) for w in drnet.scene_discriminator.get_weights()]
    )
    with tf.GradientTape() as tape:
        losses = drnet.add_adversarial_loss(*drnet.compute_losses(batch, training=True))
    gradients = tape.gradient(losses["adversarial"], drnet.feature_variables)
    check_only_the_pose_encoder_has(drnet, gradients)


def test_loss_is_the_weighted_sum(drnet, batch):
    losses = drnet.add_adversarial_loss(*drnet.compute_losses(batch, training=True))
    expected = (
        losses["reconstruction"]
        + 0.01 * losses["similarity"]
        + 0.1 * losses["adversarial"]
    )
    np.testing.assert_allclose(losses["loss"], expected, rtol=1e-6)


@pytest.fixture
def steady(tiny):
    return make_drnet(tiny, similarity_weight=0.01, steadiness_weight=0.5)


@pytest.fixture
def steady_batch(tiny):
    config = tiny.with_overrides(["drnet.steadiness_weight=0.5"])
    return next(iter(load_dataset(config, "train")))


@pytest.mark.parametrize(
    ("term", "missing"),
    [("similarity", "content_2"), ("steadiness", "pose_before and pose_after")],
)
def test_frames_that_a_loss_needs_are_asked_for(tiny, batch, term, missing):
    weights = {"similarity_weight": 0.0, f"{term}_weight": 0.5}
    del batch["content_2"]
    with pytest.raises(InputError, match=f"{term}_weight is 0.5.* no {missing}"):
        make_drnet(tiny, **weights).train_step(batch)


def test_steadiness_is_weighed_in_and_reported(steady, steady_batch):
    terms, _ = steady.compute_losses(steady_batch, training=True)
    np.testing.assert_allclose(
        terms["loss"],
        terms["reconstruction"]
        + 0.01 * terms["similarity"]
        + 0.5 * terms["steadiness"],
        rtol=1e-6,
    )
    assert set(steady.train_step(steady_batch)) == LOSSES | {"steadiness"}


def test_steadiness_is_that_of_three_frames_in_a_row(tiny, steady_batch):
    steady = make_drnet(tiny, build=lively_networks, steadiness_weight=0.5)
    terms, _ = steady.compute_losses(steady_batch, training=False)
    before, pose, after, other = (
        steady.pose_encoder(steady_batch[name], training=False)
        for name in ("pose_before", "pose_1", "pose_after", "pose_2")
    )
    expected = np.abs(before - 2 * pose + after).sum() / np.abs(pose - other).sum()
    np.testing.assert_allclose(terms["steadiness"], expected, rtol=1e-4)


def test_steadiness_moves_only_the_pose_encoder(steady, steady_batch):
    with tf.GradientTape() as tape:
        terms, _ = steady.compute_losses(steady_batch, training=True)
    gradients = tape.gradient(terms["steadiness"], steady.feature_variables)
    check_only_the_pose_encoder_has(steady, gradients)


def test_the_adversary_s_weight_rises_for_as_long_as_is_asked(tiny, batch):
    config = tiny.with_overrides(
        ["drnet.adversarial_weight=0.5", "drnet.adversarial_warmup_steps=2"]
    )
    drnet = make_drnet(
        tiny,
        similarity_weight=0.0,
        adversarial_weight=make_adversarial_weight(config.drnet),
    )
    for weight in (0.0, 0.25, 0.5, 0.5):
        losses = drnet.add_adversarial_loss(*drnet.compute_losses(batch, training=True))
        np.testing.assert_allclose(
            losses["loss"],
            losses["reconstruction"] + weight * losses["adversarial"],
            rtol=1e-6,
        )
        drnet.train_features(batch)


def test_scene_loss_is_the_closed_form_of_the_paper(tiny, batch):
    """Label 1 for a clip, 0 for two; the pose encoder's target is 1/2 on one clip's."""
    drnet = make_drnet(tiny, build=lively_networks)
    _, contrasted = drnet.compute_losses(batch, training=False)
    pose_1, pose_2 = contrasted["features"]
    judge = drnet.scene_discriminator
    same, different = (
        1 / (1 + np.exp(-np.float64(judge((pose_1, other)))))
        for other in (pose_2, tf.roll(pose_2, 1, axis=0))
    )
    assert np.ptp(same) > 0.01 and np.ptp(different) > 0.01
    result = drnet.test_step(batch)
    np.testing.assert_allclose(
        result["scene_discriminator"],
        -0.5 * (np.log(same).mean() + np.log(1 - different).mean()),
        rtol=1e-5,
    )
    np.testing.assert_allclose(
        result["adversarial"],
        -0.5 * (np.log(same) + np.log(1 - same)).mean(),
        rtol=1e-5,
    )
    right = np.mean(same > 0.5) + np.mean(different <= 0.5)
    np.testing.assert_allclose(result["scene_accuracy"], 0.5 * right, rtol=1e-6)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_any_objective_trains(tiny, batch, objective):
    drnet = make_drnet(tiny, adversarial_weight=0.1, adversarial_objective=objective)
    before = values(drnet.pose_encoder)
    result = drnet.train_step(batch)
    assert all(np.isfinite(value) for value in result.values())
    assert not unchanged(before, drnet.pose_encoder)


def test_a_wrong_objective_is_named(tiny):
    with pytest.raises(InputError, match="Did you mean 'uniform_target'"):
        make_drnet(tiny, adversarial_objective="uniform")


@pytest.mark.parametrize("steadiness_weight", [0.0, 0.5])
def test_saved_and_loaded_it_goes_on_where_it_was(
    tiny, steady_batch, tmp_path, steadiness_weight
):
    drnet = make_drnet(tiny, steadiness_weight=steadiness_weight)
    batch = steady_batch
    drnet.train_step(batch)
    drnet.save(tmp_path / "drnet.keras")
    loaded = keras.saving.load_model(tmp_path / "drnet.keras")
    for model in (drnet, loaded):
        model.train_step(batch)
    for own, other in zip(values(drnet), values(loaded), strict=True):
        np.testing.assert_array_equal(own, other)


def test_evaluation_changes_nothing(drnet, batch):
    before = values(drnet)
    result = drnet.evaluate(
        tf.data.Dataset.from_tensors(batch), verbose=0, return_dict=True
    )
    assert set(result) == LOSSES
    assert unchanged(before, drnet)


def test_validation_reads_the_first_test_batches_over_and_over(tiny):
    validation = stacked(list(load_dataset(tiny, "test").take(2)))
    expected = list(load_dataset(tiny, "test").take(2))
    for _ in range(2):
        for own, other in zip(validation, expected, strict=True):
            for name in other:
                np.testing.assert_array_equal(own[name], other[name])


def test_fit_lowers_the_loss_and_reports_every_term(tiny, drnet):
    history = drnet.fit(
        load_dataset(tiny, "train"), epochs=3, steps_per_epoch=15, verbose=0
    ).history
    assert set(history) == LOSSES
    assert history["reconstruction"][-1] < 0.8 * history["reconstruction"][0]


def test_scene_discriminator_learns_where_pose_gives_the_clip_away(tiny):
    drnet = make_drnet(tiny.with_overrides(["model.discriminator_units=64"]))
    poses = tf.random.stateless_uniform((8, 4), seed=(0, 0), minval=-1.0)
    for _ in range(200):
        result = drnet.train_adversary({"features": (poses, poses)})
    assert result["scene_accuracy"] > 0.9


def test_float16_scales_both_losses_and_keeps_what_overflows_out(tiny, batch):
    drnet = make_drnet(tiny, dtype="mixed_float16")
    for optimizer in (drnet.optimizer, drnet.discriminator_optimizer):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    result = drnet.train_step(batch)
    assert all(np.isfinite(value) for value in result.values())
    before = values(drnet.decoder)[0]
    broken = {name: frames * np.inf for name, frames in batch.items()}
    drnet.train_step(broken)
    np.testing.assert_array_equal(values(drnet.decoder)[0], before)


@pytest.mark.parametrize("policy", ["mixed_bfloat16"])
def test_mixed_precision_follows_the_float32_loss(tiny, policy):
    losses = {}
    for dtype in ("float32", policy):
        keras.utils.set_random_seed(0)
        history = make_drnet(tiny, dtype=dtype).fit(
            load_dataset(tiny, "train"), epochs=3, steps_per_epoch=15, verbose=0
        )
        losses[dtype] = np.array(history.history["reconstruction"])
    np.testing.assert_allclose(losses[policy], losses["float32"], rtol=0.05)


def test_weight_average_is_the_closed_form(drnet):
    kernel = drnet.decoder.trainable_variables[0]
    start = np.array(kernel)
    average = WeightAverage([drnet.decoder], momentum=0.75)
    kernel.assign(start + 1)
    average.on_train_batch_end(0)
    average.on_train_batch_end(2)  # Two steps in one execution.
    with average.applied():
        np.testing.assert_allclose(kernel, start + (1 - 0.75**3), rtol=1e-5)
    np.testing.assert_array_equal(kernel, start + 1)
    average.assign()
    np.testing.assert_allclose(kernel, start + (1 - 0.75**3), rtol=1e-5)
