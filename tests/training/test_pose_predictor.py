"""Stage 2: the LSTM learns, the encoders stay as they are."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.data.load import load_dataset
from keras_drnet.models import pose_rollout
from keras_drnet.models.networks import build_networks
from keras_drnet.models.pose_lstm import forget_dropped
from keras_drnet.training.pose_predictor import PosePredictor


@pytest.fixture
def networks(tiny):
    return build_networks(tiny)


def make_predictor(networks, **kwargs):
    predictor = PosePredictor(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        num_past=3,
        **kwargs,
    )
    predictor.compile(keras.optimizers.Adam(1e-2))
    return predictor


@pytest.fixture
def video(tiny):
    return next(iter(load_dataset(tiny, "train", "pose")))["video"]


def values(network):
    return [np.array(v) for v in network.weights]


def test_the_range_of_poses_is_fitted_and_limits_predictions(tiny, networks, video):
    predictor = make_predictor(networks)
    pose_range = networks.pose_lstm.get_layer("pose_range")
    poses, content = predictor.encode(video)
    np.testing.assert_array_equal(pose_range(poses[:, 0]), poses[:, 0])
    predictor.adapt(load_dataset(tiny, "train", "pose").take(1), steps=5)
    flat = poses.numpy().reshape(-1, 4)
    center, reach = flat.mean(axis=0), 3 * flat.std(axis=0) + 1e-3
    np.testing.assert_allclose(pose_range(flat), (flat - center) / reach, atol=1e-4)
    back = pose_range(pose_range(flat), inverse=True)
    np.testing.assert_allclose(back, flat, atol=1e-6)
    for variable in networks.pose_lstm.trainable_variables:
        variable.assign(variable * 1e3)  # Every tanh is at its end.
    predicted = pose_rollout.roll_out(networks.pose_lstm, poses[:, :3], content, 20)
    assert np.all(np.abs(predicted - center) <= 1.001 * reach)


@pytest.mark.parametrize("free_running", [False, True])
def test_fit_trains_the_lstm_and_leaves_the_encoders(tiny, networks, free_running):
    predictor = make_predictor(networks, pose_noise=0.01, free_running=free_running)
    frozen = (networks.content_encoder, networks.pose_encoder)
    before = [values(network) for network in frozen]
    lstm = [np.array(v) for v in networks.pose_lstm.trainable_variables]
    history = predictor.fit(
        load_dataset(tiny, "train", "pose"), epochs=3, steps_per_epoch=10, verbose=0
    ).history
    assert history["loss"][-1] < history["loss"][0]
    for network, old in zip(frozen, before, strict=True):
        for a, b in zip(old, values(network), strict=True):
            np.testing.assert_array_equal(a, b)  # Batch-norm statistics too.
    assert all(
        not np.array_equal(a, b)
        for a, b in zip(lstm, networks.pose_lstm.trainable_variables, strict=True)
    )


def test_encoding_takes_the_content_of_the_last_observed_frame(networks, video):
    poses, content = make_predictor(networks).encode(video)
    expected, _ = networks.content_encoder(video[:, 2], training=False)
    np.testing.assert_allclose(content, expected, rtol=1e-5)
    alone = networks.pose_encoder(video[:, 5], training=False)
    np.testing.assert_allclose(poses[:, 5], alone, atol=1e-5)


def test_prediction_does_not_look_at_the_future(networks, video):
    predictor = make_predictor(networks)
    predicted = predictor(video)
    assert predicted.shape == (4, 5, 4)
    altered = tf.concat([video[:, :3], tf.random.uniform(video[:, 3:].shape)], axis=1)
    np.testing.assert_array_equal(predicted, predictor(altered))


def test_evaluation_reports_one_step_and_roll_out(tiny, networks, video):
    predictor = make_predictor(networks)
    result = predictor.evaluate(
        tf.data.Dataset.from_tensors({"video": video}), verbose=0, return_dict=True
    )
    poses, _ = predictor.encode(video)
    expected = np.mean((poses[:, 3:] - predictor(video)) ** 2)
    np.testing.assert_allclose(result["rollout"], expected, rtol=1e-4)


def test_the_error_can_be_the_absolute_one(networks, video):
    predictor = make_predictor(networks, free_running=True, absolute_error=True)
    poses, content = predictor.encode(video)
    result = predictor.test_step({"poses": poses, "content": content})
    predicted = pose_rollout.observe_and_continue(
        networks.pose_lstm, poses[:, :3], content, poses.shape[1] - 3
    )
    np.testing.assert_allclose(
        result["loss"], np.mean(np.abs(poses[:, 1:] - predicted)), rtol=1e-5
    )


def test_roll_out_feeds_predictions_back(networks, rng):
    lstm = networks.pose_lstm
    for variable in lstm.trainable_variables:
        variable.assign(rng.normal(scale=0.5, size=variable.shape))
    poses = tf.constant(rng.uniform(-1, 1, (2, 3, 4)), tf.float32)
    content = tf.constant(rng.uniform(-1, 1, (2, 8)), tf.float32)
    future = pose_rollout.roll_out(lstm, poses, content, 4)
    assert future.shape == (2, 4, 4)
    state = pose_rollout.initial_state(lstm, poses[:, 0])
    everything = tf.concat([poses, future], axis=1)
    teacher_forced, _ = pose_rollout.observe(lstm, everything[:, :-1], content, state)
    np.testing.assert_allclose(teacher_forced[:, 2:], future, atol=1e-6)


def test_free_running_trains_on_what_a_roll_out_does(networks, video):
    forced = make_predictor(networks)
    closed = make_predictor(networks, free_running=True)
    poses, content = forced.encode(video)
    past = pose_rollout.observe(
        networks.pose_lstm,
        poses[:, :2],
        content,
        pose_rollout.initial_state(networks.pose_lstm, poses[:, 0]),
    )[0]
    future = pose_rollout.roll_out(networks.pose_lstm, poses[:, :3], content, 5)
    predicted = tf.concat([past, future], axis=1)
    expected = np.mean((poses[:, 1:] - predicted) ** 2)
    np.testing.assert_allclose(
        closed.prediction_loss(poses, poses, content), expected, rtol=1e-5
    )
    # Teacher-forced, the future frames are read; in the closed loop they are not.
    noise = tf.concat([poses[:, :3], tf.zeros_like(poses[:, 3:])], axis=1)
    assert forced.prediction_loss(noise, poses, content) != forced.prediction_loss(
        poses, poses, content
    )
    np.testing.assert_allclose(
        closed.prediction_loss(noise, poses, content), expected, rtol=1e-5
    )


def test_state_is_explicit_so_a_sequence_can_be_cut(networks, rng):
    lstm = networks.pose_lstm
    poses = tf.constant(rng.uniform(-1, 1, (2, 6, 4)), tf.float32)
    content = tf.constant(rng.uniform(-1, 1, (2, 8)), tf.float32)
    state = pose_rollout.initial_state(lstm, poses[:, 0])
    whole, _ = pose_rollout.observe(lstm, poses, content, state)
    first, state = pose_rollout.observe(lstm, poses[:, :2], content, state)
    second, _ = pose_rollout.observe(lstm, poses[:, 2:], content, state)
    np.testing.assert_allclose(tf.concat([first, second], axis=1), whole, atol=1e-6)


def test_dropout_drops_the_same_for_a_whole_clip_and_in_training_alone(tiny, rng):
    lstm = build_networks(tiny.with_overrides(["model.lstm_dropout=0.5"])).pose_lstm
    content = tf.constant(rng.uniform(-1, 1, (2, 8)), tf.float32)
    pose = tf.constant(rng.uniform(-1, 1, (2, 1, 4)), tf.float32)
    start = pose_rollout.initial_state(lstm, pose[:, 0])

    def next_pose(training):
        return np.array(
            pose_rollout.observe(lstm, pose, content, start, training=training)[0]
        )

    lstm.get_layer("next_pose").kernel.assign(rng.normal(size=(8, 4)))
    whole, dropped = next_pose(training=False), next_pose(training=True)
    assert not np.array_equal(dropped, whole)
    np.testing.assert_array_equal(next_pose(training=True), dropped)
    np.testing.assert_array_equal(next_pose(training=False), whole)
    forget_dropped(lstm)
    assert not np.array_equal(next_pose(training=True), dropped)


def test_every_training_step_drops_anew(tiny, video):
    networks = build_networks(tiny.with_overrides(["model.lstm_dropout=0.5"]))
    predictor = make_predictor(networks, free_running=True)
    networks.pose_lstm.get_layer("next_pose").kernel.assign(tf.ones((8, 4)))
    codes = predictor.encode(video)
    loss = tf.function(
        lambda: predictor.prediction_loss(codes[0], *codes, training=True)
    )
    assert len({float(loss()) for _ in range(5)}) == 5
    whole = tf.function(lambda: predictor.prediction_loss(codes[0], *codes))
    assert len({float(whole()) for _ in range(5)}) == 1


def test_cached_codes_repeat_from_any_batch_on(tiny, networks):
    predictor = make_predictor(networks)

    def codes(first_batch, count):
        clips = load_dataset(
            tiny, "train", "pose", first_batch=first_batch, num_batches=3
        )
        batches = predictor.encode_batches(clips, cached_batches=3)
        return [batch["poses"].numpy() for batch in batches.take(count)]

    whole = codes(0, 7)
    for i in range(4):
        np.testing.assert_array_equal(whole[i], whole[i + 3])
    assert not np.array_equal(whole[0], whole[1])
    for resumed, expected in zip(codes(2, 5), whole[2:], strict=True):
        np.testing.assert_array_equal(resumed, expected)


def test_training_on_codes_is_training_on_their_clips(tiny, networks):
    predictor = make_predictor(networks, free_running=True)
    initial = networks.pose_lstm.get_weights()
    clips = load_dataset(tiny, "train", "pose")
    history = predictor.fit(clips, steps_per_epoch=4, verbose=0).history
    networks.pose_lstm.set_weights(initial)
    again = make_predictor(networks, free_running=True)
    codes = again.encode_batches(clips)
    expected = again.fit(codes, steps_per_epoch=4, verbose=0).history
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-4)
