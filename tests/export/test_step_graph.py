"""The step graph computes what the networks do, in every family and form."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from export.graph.split_decoder import SplitDecoder
from export.graph.step_graph import MAX_FUTURE, StepGraph
from keras_drnet.config.presets import PRESETS
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models.decoder import DECODERS
from keras_drnet.models.encode import encode_content
from tests.support.networks import (
    CENTERED_PARTS,
    LAYERED,
    PARTS,
    RICH_PARTS,
    lively_networks,
)

NUM_PAST = 3
KEYS = ("content_encoder", "pose_encoder", "decoder")
FAMILIES = {
    names[0]: [f"model.{k}={n}" for k, n in zip(KEYS, names, strict=True)]
    for names in (
        ("dcgan", "dcgan", "dcgan"),
        ("dcgan_unet", "dcgan_keypoints", "dcgan_unet"),
        ("vgg_unet", "dcgan", "vgg_unet"),
        ("resnet18", "resnet18", "dcgan"),
    )
} | {
    "parts": PARTS,
    "centered_parts": CENTERED_PARTS,
    "rich_parts": RICH_PARTS,
    "layered": LAYERED,
}


@pytest.fixture(scope="module", params=FAMILIES.values(), ids=FAMILIES)
def exported(request):
    """Networks, their step graph and its functions."""
    config = PRESETS["tiny"]().with_overrides(request.param)
    networks = lively_networks(config)
    graph = StepGraph(networks, NUM_PAST)
    return networks, graph, graph.functions()


@pytest.fixture
def past(rng):
    return rng.random((2, NUM_PAST, 32, 32, 3), np.float32)


def roll_out(functions, past, count):
    outputs = functions["serving_default"](
        past=tf.constant(past), num_future=tf.fill((len(past),), count)
    )
    return outputs["future"].numpy()


def step_by_step(graph, functions, past, count):
    tensors = functions["prime"](past=tf.constant(past))
    frames = []
    for _ in range(count):
        outputs = functions["step"](**tensors)
        frames.append(outputs.pop("frame"))
        assert outputs.keys() == set(graph.state_names)
        tensors |= outputs
    return np.stack(frames, axis=1)


def test_a_hundred_frames_are_those_of_keras(exported, past):
    networks, _, functions = exported
    expected = VideoPredictor(networks).predict(past, 100)
    assert expected.std(axis=1).max() > 1e-3, "the video does not move"
    np.testing.assert_allclose(roll_out(functions, past, 100), expected, atol=1e-5)


def test_steps_give_the_frames_of_the_roll_out(exported, past):
    _, graph, functions = exported
    np.testing.assert_allclose(
        step_by_step(graph, functions, past, 20),
        roll_out(functions, past, 20),
        atol=1e-6,
    )


def test_predictions_do_not_depend_on_the_batch(exported, rng):
    _, _, functions = exported
    past = rng.random((7, NUM_PAST, 32, 32, 3), np.float32)
    together = roll_out(functions, past, 5)
    for count in (1, 3):
        np.testing.assert_allclose(
            roll_out(functions, past[:count], 5), together[:count], atol=1e-5
        )


def test_single_functions_are_those_of_the_networks(exported, past):
    networks, graph, functions = exported
    frame = tf.constant(past[:, 0])
    content, skips = encode_content(networks.content_encoder, frame)
    pose = networks.pose_encoder(frame, training=False)
    coded = functions["encode_content"](frame=frame)
    np.testing.assert_allclose(coded["content"], content, atol=1e-5)
    assert len(coded) == 1 + len(skips)
    drawn = functions["decode"](**coded, pose=pose)["frame"]
    expected = networks.decoder(((content, skips), pose), training=False)
    np.testing.assert_allclose(drawn, expected, atol=1e-5)

    primed = functions["prime"](past=tf.constant(past))
    state = {name: primed[name] for name in graph.state_names}
    layers = [state[name] for name in graph.state_names[1:]]
    layers = tf.nest.pack_sequence_as(networks.pose_lstm.input[2], layers)
    next_pose, _ = networks.pose_lstm((state["pose"], content, layers))
    predicted = functions["predict_pose"](content=content, **state)
    np.testing.assert_allclose(predicted["pose"], next_pose, atol=1e-5)


@pytest.mark.parametrize("count", [0, MAX_FUTURE + 1])
def test_the_length_of_a_roll_out_is_limited(exported, past, count):
    _, _, functions = exported
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_future must be 1 to"):
        roll_out(functions, past, count)


def test_the_greatest_num_future_of_a_batch_counts(exported, past):
    _, _, functions = exported
    outputs = functions["serving_default"](
        past=tf.constant(past), num_future=tf.constant([1, 4])
    )
    assert outputs["future"].shape[:2] == (2, 4)


@settings(max_examples=12)
@given(
    family=st.sampled_from(sorted(DECODERS)),
    num_filters=st.integers(1, 20),
    pose_dim=st.integers(1, 6),
    image_size=st.sampled_from([32, 64]),
    num_channels=st.sampled_from([1, 3]),
)
def test_any_decoder_can_be_split(
    family, num_filters, pose_dim, image_size, num_channels
):
    config = PRESETS["tiny"]().with_overrides(
        [
            f"model.content_encoder={family}",
            f"model.decoder={family}",
            f"model.num_filters={num_filters}",
            f"model.pose_dim={pose_dim}",
            f"data.image_size={image_size}",
            f"data.num_channels={num_channels}",
        ]
    )
    decoder = lively_networks(config).decoder
    rng = np.random.default_rng(0)
    (content, skips), pose = keras.tree.map_structure(
        lambda x: rng.normal(size=(2, *x.shape[1:])).astype(np.float32), decoder.input
    )
    split = SplitDecoder(decoder, pose_dim)
    maps = split.content_maps(content, list(skips))
    assert [m.shape[1:] for m in maps] == split.map_shapes
    codes = (content, skips), pose
    exact = in_float64(decoder)(codes, training=False).numpy()
    rounding = np.max(np.abs(decoder(codes, training=False) - exact))
    # The same sums in another order round as much as the network itself does.
    np.testing.assert_allclose(
        split.frame(pose, maps), exact, rtol=0, atol=2 * rounding + 1e-6
    )
    assert rounding < 1e-4


def in_float64(network):
    """Copy a float32 network to float64, for its outputs almost without rounding."""
    copy = keras.models.clone_model(
        network,
        clone_function=lambda layer: type(layer).from_config(
            layer.get_config() | {"dtype": "float64"}
        ),
    )
    copy.set_weights(network.get_weights())
    return copy


def test_a_layer_that_cannot_be_split_is_named():
    content, pose = keras.Input((4,)), keras.Input((2,))
    x = keras.layers.Dense(3, name="odd")(keras.layers.Concatenate()([content, pose]))
    with pytest.raises(NotImplementedError, match="no form of Dense, layer 'odd'"):
        SplitDecoder(keras.Model(((content, ()), pose), x), 2)
