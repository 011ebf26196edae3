"""Stage `joint`: pose encoder and LSTM learn together, the teacher stays as it was."""

import dataclasses
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.config.stages import JointConfig
from keras_drnet.data.load import load_dataset
from keras_drnet.errors import InputError
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models import pose_rollout
from keras_drnet.training.joint_pose_predictor import JointPosePredictor
from keras_drnet.training.stages import train_stage
from tests.support.networks import lively_networks, save_run

NUM_PAST, CLIP_LENGTH = 3, 8  # Of the tiny preset.


@pytest.fixture
def networks(tiny):
    return lively_networks(tiny)


@pytest.fixture
def video(tiny):
    return next(iter(load_dataset(tiny, "train", "pose")))["video"]


def make_joint(networks, *, rate=1e-2, **kwargs):
    joint = JointPosePredictor(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        networks.decoder,
        num_past=NUM_PAST,
        **kwargs,
    )
    joint.compile(keras.optimizers.Adam(rate))
    return joint


def weights(model):
    return [np.array(v) for v in model.weights]


def is_same(before, model):
    return all(np.array_equal(a, b) for a, b in zip(before, model.weights, strict=True))


def every_time(video):
    return tf.tile(tf.range(1, CLIP_LENGTH)[None], (len(video), 1))


@pytest.mark.parametrize(
    ("absolute_error", "size"), [(False, np.square), (True, np.abs)]
)
def test_losses_are_distances_from_the_teacher(networks, video, absolute_error, size):
    joint = make_joint(networks, absolute_error=absolute_error, anchor_weight=0.5)
    taught, content = joint.encode(video)
    for variable in networks.pose_encoder.trainable_variables:
        variable.assign(0.9 * variable)
    poses, _ = joint.encode(video)
    predicted = pose_rollout.observe_and_continue(
        networks.pose_lstm, poses[:, :NUM_PAST], content, CLIP_LENGTH - NUM_PAST
    )
    scale = networks.pose_lstm.get_layer("pose_range").scale
    terms = joint.compute_losses(video, every_time(video))
    anchor = np.mean(size((taught - poses)[:, :NUM_PAST] / scale))
    prediction = np.mean(size((taught[:, 1:] - predicted) / scale))
    assert anchor > 1e-4
    np.testing.assert_allclose(terms["anchor"], anchor, rtol=1e-4)
    np.testing.assert_allclose(terms["loss"], prediction + 0.5 * anchor, rtol=1e-4)
    result = joint.test_step({"video": video})
    np.testing.assert_allclose(result["loss"], terms["loss"], rtol=1e-5)
    future = np.mean(np.square(taught[:, NUM_PAST:] - predicted[:, NUM_PAST - 1 :]))
    np.testing.assert_allclose(result["rollout"], future, rtol=1e-4)


@pytest.mark.parametrize("decoder", ["dcgan", "dcgan_unet"])
def test_predicted_frames_are_compared_with_those_that_came(tiny, video, decoder):
    networks = lively_networks(
        tiny.with_overrides(
            [f"model.content_encoder={decoder}", f"model.decoder={decoder}"]
        )
    )
    without = make_joint(networks).compute_losses(video, every_time(video))
    joint = make_joint(networks, frame_weight=7.0)
    terms = joint.compute_losses(video, every_time(video))
    predictor = VideoPredictor(networks)
    past, future = video[:, :NUM_PAST], video[:, NUM_PAST:]
    times = tf.tile(tf.range(NUM_PAST, CLIP_LENGTH)[None], (len(video), 1))
    frames = joint.compute_losses(video, times)["frames"]
    error = np.mean(np.square(future - predictor.predict(past, future.shape[1])))
    np.testing.assert_allclose(frames, error, rtol=1e-4)
    np.testing.assert_allclose(
        terms["loss"], without["loss"] + 7.0 * terms["frames"], rtol=1e-5
    )


def test_only_the_chosen_frames_count(networks, video):
    joint = make_joint(networks)
    times = tf.constant([[4, 6], [5, 3], [7, 7], [1, 3]])
    expected = joint.compute_losses(video, times)["loss"]
    chosen = tf.reduce_any(times[..., None] == tf.range(CLIP_LENGTH), axis=1)
    seen = chosen | (tf.range(CLIP_LENGTH) < NUM_PAST)
    rest_is_noise = tf.where(
        seen[..., None, None, None], video, tf.random.uniform(video.shape)
    )
    np.testing.assert_allclose(
        joint.compute_losses(rest_is_noise, times)["loss"], expected
    )
    assert joint.compute_losses(1 - video, times)["loss"] != expected


def test_each_step_draws_other_frames_but_the_first(networks, video):
    joint = make_joint(networks, num_targets=5)
    draws = []
    for step in range(40):
        joint.optimizer.iterations.assign(step)
        draws.append(joint.draw_times(video).numpy())
    np.testing.assert_array_equal(draws[-1], joint.draw_times(video))
    drawn = np.concatenate(draws)
    assert all(len(set(row)) == 5 for row in drawn)
    assert set(np.unique(drawn)) == set(range(1, CLIP_LENGTH))
    assert not np.array_equal(draws[0], draws[1])


@pytest.mark.parametrize("frame_weight", [0.0, 1.0])
def test_a_step_moves_pose_encoder_and_lstm_alone(networks, video, frame_weight):
    joint = make_joint(networks, frame_weight=frame_weight)
    frozen = (networks.content_encoder, networks.decoder, joint.teacher)
    before = [weights(network) for network in frozen]
    trained = [
        [np.array(v) for v in network.trainable_variables]
        for network in (networks.pose_encoder, networks.pose_lstm)
    ]
    statistics = [np.array(v) for v in networks.pose_encoder.non_trainable_variables]
    joint.fit(
        tf.data.Dataset.from_tensors({"video": video}).repeat(),
        steps_per_epoch=2,
        verbose=0,
    )
    assert all(is_same(old, net) for old, net in zip(before, frozen, strict=True))
    for old, network in zip(
        trained, (networks.pose_encoder, networks.pose_lstm), strict=True
    ):
        for a, b in zip(old, network.trainable_variables, strict=True):
            assert not np.array_equal(a, b), b.path
    for a, b in zip(
        statistics, networks.pose_encoder.non_trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_training_predicts_better_and_the_anchor_holds_poses(networks, video):
    """On one batch, from the same weights, without an anchor and with a heavy one."""
    batch, results = {"video": video}, {}
    start = [weights(networks.pose_encoder), weights(networks.pose_lstm)]
    for anchor_weight in (0.0, 30.0):
        networks.pose_encoder.set_weights(start[0])
        networks.pose_lstm.set_weights(start[1])
        joint = make_joint(networks, rate=2e-3, anchor_weight=anchor_weight)
        before = float(joint.test_step(batch)["rollout"])
        data = tf.data.Dataset.from_tensors(batch).repeat()
        joint.fit(data, steps_per_epoch=60, verbose=0)
        for tracker in joint.metrics:
            tracker.reset_state()
        result = joint.test_step(batch)
        assert float(result["rollout"]) < 0.7 * before
        results[anchor_weight] = float(result["anchor"])
    assert results[30.0] < 0.3 * results[0.0]


def with_joint(config, epochs=1, **kwargs):
    joint = JointConfig(epochs=epochs, steps_per_epoch=2, batch_size=4, **kwargs)
    return dataclasses.replace(config, joint=joint)


def test_more_targets_than_frames_are_refused(tiny):
    with_joint(tiny, num_targets=7)
    with pytest.raises(InputError, match="num_targets is 8, .* have 8 frames"):
        with_joint(tiny, num_targets=8)
    with pytest.raises(InputError, match="num_targets is 0"):
        with_joint(tiny, num_targets=0)


def test_a_run_that_stopped_ends_with_the_same_weights(tiny, tmp_path):
    networks = lively_networks(tiny)
    run = RunFolder(tmp_path / "run")
    run.create(with_joint(tiny, epochs=2))
    assert run.stages() == ("drnet", "pose", "joint")
    run.checkpoints("drnet").save(12, stage_weights(networks, "drnet"), {})
    run.checkpoints("pose").save(6, stage_weights(networks, "pose"), {})
    train_stage(run, "joint")
    whole = run.load_networks()
    assert not is_same(weights(networks.pose_encoder), whole.pose_encoder)
    shutil.rmtree(run.path / "joint" / "step_00000004")
    assert not is_same(weights(whole.pose_encoder), run.load_networks().pose_encoder)
    train_stage(run, "joint")
    for name in ("pose_encoder", "pose_lstm"):
        again = getattr(run.load_networks(), name)
        assert is_same(weights(getattr(whole, name)), again)


def test_every_network_is_kept_by_the_stage_that_trains_it_last(tiny, tmp_path):
    others = {"content_encoder", "decoder", "scene_discriminator"}
    both = {"pose_encoder", "pose_lstm"}
    of_rollout = ["rollout.epochs=1", "rollout.rollout_length=9"]
    for config, expected in (
        (tiny, {"drnet": others | {"pose_encoder"}, "pose": {"pose_lstm"}}),
        (with_joint(tiny), {"drnet": others, "joint": both}),
        (
            with_joint(tiny).with_overrides(of_rollout),
            {"drnet": others, "joint": {"pose_encoder"}, "rollout": {"pose_lstm"}},
        ),
    ):
        networks = lively_networks(config)
        run = save_run(tmp_path / str(len(expected)), config, networks)
        found = run.last_weights(networks)
        assert {stage: set(nets) for stage, nets in found.items()} == expected
        copy = release(run, tmp_path / f"copy {len(expected)}")
        for stage, names in expected.items():
            (checkpoint,) = (copy.path / stage).iterdir()
            assert {path.stem for path in checkpoint.glob("*.npz")} == names
        for name, network in vars(networks).items():
            for a, b in zip(
                network.weights,
                getattr(copy.load_networks(), name).weights,
                strict=True,
            ):
                np.testing.assert_allclose(a, b, atol=2e-3)  # Kept in float16.
        shutil.rmtree(run.path)
        shutil.rmtree(copy.path)


def test_the_next_stage_goes_on_from_it(tiny, tmp_path):
    config = with_joint(tiny).with_overrides(
        ["rollout.epochs=1", "rollout.steps_per_epoch=2", "rollout.rollout_length=9"]
        + ["rollout.batch_size=4"]
    )
    run = save_run(tmp_path / "run", config, lively_networks(config, seed=0))
    for stage, steps in (("drnet", 12), ("pose", 6)):
        networks = lively_networks(config, seed=0)
        run.checkpoints(stage).save(steps, stage_weights(networks, stage), {})
    with pytest.raises(InputError, match="Stage 'joint' .* has 1 of 2 steps"):
        train_stage(run, "rollout")
    joint = lively_networks(config, seed=1)
    run.checkpoints("joint").save(2, stage_weights(joint, "joint"), {})
    shutil.rmtree(run.path / "rollout")
    train_stage(run, "rollout")
    loaded = run.load_networks()
    assert is_same(weights(joint.pose_encoder), loaded.pose_encoder)
    assert not is_same(weights(joint.pose_lstm), loaded.pose_lstm)
